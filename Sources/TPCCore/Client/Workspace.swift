// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// The memory that a call reads its event or request into.
struct Workspace: ~Copyable {
  var visit = PageVisit()
  var request = WebRequest()

  fileprivate var capacity: Int { visit.text.capacity &+ request.capacity }
}

/// A client's workspace, kept from one call to the next so that none of them allocates. Of threads that call at once, one gets it
/// and the others make their own.
struct SpareWorkspace: ~Copyable {
  private let kept = Atomic<UInt>(0)
  /// Bytes; a workspace that grew beyond this is not kept.
  private static let largest = 1 << 16

  init() {}

  deinit { SpareWorkspace.free(UnsafeMutablePointer(bitPattern: kept.load(ordering: .acquiring))) }

  /// Takes the workspace, or a new one, for exclusive use. Its contents are unspecified. Nil when memory ran out.
  borrowing func take() -> UnsafeMutablePointer<Workspace>? {
    UnsafeMutablePointer(bitPattern: kept.exchange(0, ordering: .acquiring)) ?? CMemory.allocate(Workspace())
  }

  /// Returns a workspace that was taken.
  borrowing func giveBack(_ workspace: UnsafeMutablePointer<Workspace>) {
    let isLarge = workspace.pointee.capacity > SpareWorkspace.largest
    let other = kept.exchange(isLarge ? 0 : UInt(bitPattern: workspace), ordering: .acquiringAndReleasing)
    if isLarge { SpareWorkspace.free(workspace) }
    SpareWorkspace.free(UnsafeMutablePointer(bitPattern: other))
  }

  private static func free(_ workspace: UnsafeMutablePointer<Workspace>?) {
    workspace?.deinitialize(count: 1)
    CTPCPOSIX.free(workspace)
  }
}
