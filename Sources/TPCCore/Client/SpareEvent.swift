// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// An event to read JSON into, kept from one call to the next so that none of them allocates. Of threads that come at once the
/// others make their own.
struct SpareEvent: ~Copyable {
  private let kept = Atomic<UInt>(0)
  /// One that grew beyond this is not kept.
  private static let largest = 1 << 16

  init() {}

  deinit { CMemory.free(UnsafeMutablePointer<PageVisit>(bitPattern: kept.load(ordering: .acquiring))) }

  /// Calls `body` with an event that is its own meanwhile; what it holds at first is of no meaning.
  borrowing func with<Result>(
    _ body: (UnsafeMutablePointer<PageVisit>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard
      let visit = UnsafeMutablePointer<PageVisit>(bitPattern: kept.exchange(0, ordering: .acquiring)) ?? CMemory.makeEvent()
    else { throw .outOfMemory }
    defer { keep(visit) }
    return try body(visit)
  }

  private borrowing func keep(_ visit: UnsafeMutablePointer<PageVisit>) {
    let isLarge = visit.pointee.text.capacity > SpareEvent.largest
    let other = kept.exchange(isLarge ? 0 : UInt(bitPattern: visit), ordering: .acquiringAndReleasing)
    if isLarge { CMemory.free(visit) }
    CMemory.free(UnsafeMutablePointer<PageVisit>(bitPattern: other))
  }
}
