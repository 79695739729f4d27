// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Reads a descriptor line by line in bounded memory, whatever the length of its lines and whatever bytes are in them.
final class LineReader {
  enum Line {
    /// A line without its newline, valid until the next call. The last line may lack the newline; the empty text after a last
    /// newline is not a line.
    case text(Bytes)
    /// A line longer than the limit, which was skipped.
    case tooLong
    case end
    /// The system's error number.
    case failed(Int32)
    /// `whileWaiting` stopped the reading.
    case stopped
  }

  /// Called before every read that may have to wait, and every `waitMilliseconds` while there is nothing to read. Returning
  /// `false` stops the reading.
  var whileWaiting: () -> Bool = { true }
  /// A descriptor that ends a wait when it becomes readable; -1 for none.
  var wakeDescriptor: Int32 = -1

  private static let waitMilliseconds: Int32 = 100

  private let descriptor: Int32
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
  private let isRegular: Bool
  /// The number of bytes in the input, when that is known.
  let size: Int?
  private var bytesRead = 0

  /// The number of bytes in the lines that were handed out.
  var consumed: Int { bytesRead - (end - start) }

  init(descriptor: Int32, limit: Int) {
    self.descriptor = descriptor
    self.limit = limit
    capacity = max(256 * 1024, limit + 1)
    buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    var status = stat()
    isRegular = fstat(descriptor, &status) == 0 && tpc_posix_is_regular(&status) != 0
    let offset = isRegular ? Int(lseek(descriptor, 0, SEEK_CUR)) : 0
    size = isRegular ? max(0, Int(status.st_size) - max(0, offset)) : nil
  }

  deinit { buffer.deallocate() }

  func next() -> Line {
    var isSkipping = false
    while true {
      if let newline = memchr(buffer + searched, 0x0A, end - searched) {
        let at = newline.assumingMemoryBound(to: UInt8.self) - buffer
        let line = Bytes(start: buffer + start, count: at - start)
        start = at + 1
        searched = start
        return isSkipping || line.count > limit ? .tooLong : .text(line)
      }
      searched = end
      if isAtEnd { return last(isSkipping) }
      if end - start > limit {
        isSkipping = true
        start = end
      }
      makeRoom()
      if let stop = fill() { return stop }
    }
  }

  /// The whole lines that come next, as many as one read brings, without handing them out: what is there when the first of them is. Empty where
  /// there is none that can be read; `next` then tells why. Valid until `next` is called.
  func peek() -> Bytes {
    while !isAtEnd, end - start <= limit, memchr(buffer + start, 0x0A, end - start) == nil {
      makeRoom()
      if fill() != nil { break }
    }
    var last = end
    while !isAtEnd, last > start, buffer[last - 1] != 0x0A { last -= 1 }
    searched = start
    return Bytes(start: buffer + start, count: last - start)
  }

  private func last(_ isSkipping: Bool) -> Line {
    let line = Bytes(start: buffer + start, count: end - start)
    start = end
    endedWithoutNewline = !line.isEmpty
    if isSkipping || line.count > limit { return .tooLong }
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
    while true {
      guard isRegular ? whileWaiting() : waitForInput() else { return .stopped }
      let count = read(descriptor, buffer + end, capacity - end)
      if count > 0 {
        end += count
        bytesRead += count
        return nil
      }
      if count == 0 {
        isAtEnd = true
        return nil
      }
      let error = tpc_posix_errno()
      if error != EINTR && error != EAGAIN { return .failed(error) }
    }
  }

  private func waitForInput() -> Bool {
    while true {
      guard whileWaiting() else { return false }
      var descriptors = (
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)
      )
      let ready = withUnsafeMutablePointer(to: &descriptors) {
        $0.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, LineReader.waitMilliseconds) }
      }
      if ready > 0 && descriptors.0.revents != 0 { return true }
    }
  }
}
