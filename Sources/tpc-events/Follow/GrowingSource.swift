// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The bytes of a file that is still being written. Each read also reads the last bytes before it again: a file that was emptied and
/// written anew has others there.
final class GrowingSource: ByteSource {
  private let descriptor: Int32
  /// How far it was read.
  private(set) var offset: Int
  /// Whether the file has other contents than those that were read. From then on, there is nothing more to read.
  private(set) var isReplaced = false
  private let last: UnsafeMutablePointer<UInt8>
  private let again: UnsafeMutablePointer<UInt8>
  private var lastCount = 0

  /// The file's text before the offset has to be the one that is expected.
  init(_ descriptor: Int32, from offset: Int) {
    self.descriptor = descriptor
    self.offset = offset
    last = .allocate(capacity: FilePosition.tailBytes)
    again = .allocate(capacity: FilePosition.tailBytes)
    let wanted = min(offset, FilePosition.tailBytes)
    if wanted > 0, tpc_posix_read_at(descriptor, last, wanted, offset - wanted) == wanted { lastCount = wanted }
  }

  deinit {
    last.deallocate()
    again.deallocate()
  }

  override var consumed: Int { offset }

  override func read(_ target: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> Piece {
    guard !isReplaced else { return .end }
    let count = tpc_posix_read_around(descriptor, again, lastCount, target, capacity, Int64(offset))
    if count < 0 { return .failed(tpc_posix_errno()) }
    guard count >= lastCount, memcmp(last, again, lastCount) == 0 else {
      isReplaced = true
      return .end
    }
    let fresh = count - lastCount
    guard fresh > 0 else { return .end }
    offset += fresh
    keepLast(of: target, fresh)
    return .bytes(fresh)
  }

  /// Whether the file still has what was read last.
  func check() -> Bool {
    guard !isReplaced else { return false }
    let count = lastCount > 0 ? tpc_posix_read_at(descriptor, again, lastCount, offset - lastCount) : 0
    isReplaced = count != lastCount || memcmp(last, again, lastCount) != 0
    return !isReplaced
  }

  private func keepLast(of target: UnsafeMutablePointer<UInt8>, _ fresh: Int) {
    let most = FilePosition.tailBytes
    if fresh >= most {
      memcpy(last, target + fresh - most, most)
      lastCount = most
      return
    }
    let kept = min(lastCount, most - fresh)
    memmove(last, last + lastCount - kept, kept)
    memcpy(last + kept, target, fresh)
    lastCount = kept + fresh
  }
}
