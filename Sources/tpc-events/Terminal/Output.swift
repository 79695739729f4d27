// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Writes to a descriptor through a buffer. After a write that fails, `isBroken` is true and nothing more is written.
final class Output {
  let descriptor: Int32
  private var buffer = ByteBuffer()
  private(set) var isBroken = false

  static let standard = Output(descriptor: 1)
  static let error = Output(descriptor: 2)

  private static let threshold = 64 * 1024

  init(descriptor: Int32) { self.descriptor = descriptor }

  func put(_ text: Bytes) {
    if !buffer.append(text) { isBroken = true }
    if buffer.count >= Output.threshold { flush() }
  }

  func put(_ text: StaticString) { put(text.bytes) }

  func put(_ text: [UInt8]) { text.withUnsafeBufferPointer { put($0) } }

  func put(_ number: Int) {
    if !buffer.append(decimal: number) { isBroken = true }
  }

  /// Writes a number with commas: 1,234,567.
  func put(grouped number: Int) { put(Digits.grouped(number)) }

  /// Writes text from elsewhere so that it stays on one line: characters that a terminal would act on become escapes such as
  /// `\u001B`.
  func put(printable text: Bytes) { Printable.forEachPiece(of: text) { put($0) } }

  /// Writes JSON in that way; the escapes do not change its meaning.
  func put(json: Bytes) { Printable.forEachPiece(of: json, isJSON: true) { put($0) } }

  func put(printable text: [UInt8]) { text.withUnsafeBufferPointer { put(printable: $0) } }

  func flush() {
    var written = 0
    while written < buffer.count && !isBroken {
      let rest = buffer.bytes.part(written, buffer.count)
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        written += count
      } else if tpc_posix_errno() == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&ready, 1, -1)
      } else if tpc_posix_errno() != EINTR {
        isBroken = true
      }
    }
    buffer.truncate(to: 0)
  }
}
