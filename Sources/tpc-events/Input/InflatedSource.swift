// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The bytes that a compressed file stands for. Those of the file are kept in a buffer of a fixed size.
class InflatedSource: ByteSource {
  private let file: ByteSource
  private let buffer: UnsafeMutablePointer<UInt8>
  /// The bytes from `start` to `end` of the buffer were read and not inflated yet.
  private var start = 0
  private var end = 0
  private var found: StaticString?

  private static let capacity = 64 * 1024
  static let cutOff: StaticString = "is cut off: its compressed data has no end"
  static let damage: StaticString = "is damaged: its compressed data cannot be read"
  static let garbage: StaticString = "has other bytes after its compressed data, which were left out"

  init(_ file: ByteSource) {
    self.file = file
    buffer = .allocate(capacity: InflatedSource.capacity)
  }

  deinit { buffer.deallocate() }

  override var notice: StaticString? { found }
  override var consumed: Int { file.consumed - (end - start) }
  override var isPlain: Bool { false }

  /// What was read of the file and not used yet.
  final var input: UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(start: buffer + start, count: end - start) }

  final func use(_ count: Int) { start += count }

  /// Reads more of the file into the empty buffer. Nil when there are bytes.
  final func refill() -> Piece? {
    (start, end) = (0, 0)
    switch file.read(buffer, InflatedSource.capacity) {
    case .bytes(let count):
      end = count
      return nil
    case let other: return other
    }
  }

  /// Ends the source for what comes after the compressed data.
  final func endBeforeGarbage() -> Piece {
    found = InflatedSource.garbage
    return .end
  }
}
