// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Reads a source line by line in bounded memory, whatever the length of its lines and whatever bytes are in them.
final class LineReader {
  enum Line {
    /// A line without its newline, valid until the next call. The last line may lack the newline; the empty text after a last
    /// newline is not a line.
    case text(Bytes)
    /// A line longer than the limit, which was skipped: its beginning, valid until the next call, and its length.
    case tooLong(Bytes, length: Int)
    case end
    /// The system's error number.
    case failed(Int32)
    /// The rest cannot be read, for this reason. What there is of a last line is left out.
    case damaged(StaticString)
    /// Whoever waits stopped the reading.
    case stopped
  }

  /// How much is kept of a line that is too long.
  private static let keptBytes = 64 * 1024

  let source: ByteSource
  private let limit: Int
  private let capacity: Int
  private let buffer: UnsafeMutablePointer<UInt8>
  /// The bytes from `start` to `end` of the buffer were read and not handed out yet.
  private var start = 0
  private var end = 0
  /// There is no newline between `start` and this offset.
  private var searched = 0
  private var isAtEnd = false
  /// Whether the last line that was handed out has no newline: the input ends with it, or is still being written.
  private(set) var endedWithoutNewline = false
  private var damage: StaticString?
  /// Whether a last line without its newline is still being written, so that it waits for its newline.
  private let isGrowing: Bool
  /// The beginning of a line that is too long, and the length of what was skipped.
  private var beginning = ByteBuffer()
  private var skipped = 0
  private var bytesRead = 0

  /// The number of bytes in the lines that were handed out.
  var offset: Int { bytesRead - (end - start) - skipped }

  /// How many bytes of the file itself are in the lines that were handed out, as far as that is known.
  var consumed: Int { source.isPlain ? source.consumed - (end - start) : source.consumed }

  init(_ source: ByteSource, limit: Int, isGrowing: Bool = false) {
    self.source = source
    self.limit = limit
    self.isGrowing = isGrowing
    capacity = max(256 * 1024, limit + 1)
    buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  }

  deinit { buffer.deallocate() }

  func next() -> Line {
    if skipped == 0 { beginning.truncate(to: 0) }
    while true {
      if let newline = memchr(buffer + searched, 0x0A, end - searched) {
        let at = newline.assumingMemoryBound(to: UInt8.self) - buffer
        let line = Bytes(start: buffer + start, count: at - start)
        start = at + 1
        searched = start
        return skipped > 0 || line.count > limit ? tooLong(line) : .text(line)
      }
      searched = end
      if isAtEnd { return last() }
      if end - start > limit {
        skip(Bytes(start: buffer + start, count: end - start))
        start = end
      }
      makeRoom()
      if let stop = fill() { return stop }
    }
  }

  /// The lines that were read and not handed out yet: those that come with the first read, and at least one whole line, if there is one.
  /// Valid until the next call.
  func peek() -> Bytes {
    while !isAtEnd, memchr(buffer + searched, 0x0A, end - searched) == nil, end - start <= limit {
      searched = end
      makeRoom()
      if fill() != nil { break }
    }
    var stop = end
    if !isAtEnd { while stop > start, buffer[stop - 1] != 0x0A { stop -= 1 } }
    return Bytes(start: buffer + start, count: stop - start)
  }

  /// Those that `peek` returns, after one more read.
  func peekMore() -> Bytes {
    if end - start <= limit {
      searched = end
      makeRoom()
      _ = fill()
      // What was there may hold whole lines.
      searched = start
    }
    return peek()
  }

  /// Whether the next line is too long, and its end was not seen yet. `peek` returns nothing of it.
  var isInLongLine: Bool { skipped > 0 || end - start > limit && memchr(buffer + start, 0x0A, end - start) == nil }

  /// Takes what there is of a last line for a line, or else returns the end.
  func takeUnfinished() -> Line {
    isAtEnd = true
    return last()
  }

  private func skip(_ part: Bytes) {
    skipped += part.count
    _ = beginning.append(part.part(0, LineReader.keptBytes - beginning.count))
  }

  private func tooLong(_ rest: Bytes) -> Line {
    skip(rest)
    let length = skipped
    skipped = 0
    return .tooLong(beginning.bytes, length: length)
  }

  private func last() -> Line {
    if let damage {
      (start, skipped) = (end, 0)
      self.damage = nil
      return .damaged(damage)
    }
    let line = Bytes(start: buffer + start, count: end - start)
    start = end
    endedWithoutNewline = !line.isEmpty
    if skipped > 0 || line.count > limit { return tooLong(line) }
    return line.isEmpty ? .end : .text(line)
  }

  private func makeRoom() {
    if start == end {
      start = 0
      end = 0
    } else if end == capacity {
      memmove(buffer, buffer + start, end - start)
      end -= start
      start = 0
    }
    searched = end
  }

  /// Reads more into the buffer. Returns what stops the reading, if anything does.
  private func fill() -> Line? {
    switch source.read(buffer + end, capacity - end) {
    case .bytes(let count):
      end += count
      bytesRead += count
    case .end:
      if isGrowing { return .end }
      isAtEnd = true
    case .failed(let error): return .failed(error)
    case .damaged(let reason):
      damage = reason
      isAtEnd = true
    case .stopped: return .stopped
    }
    return nil
  }
}
