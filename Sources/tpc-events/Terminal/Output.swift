// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import TPCCore

/// A descriptor to write to, through a buffer. A write that fails is remembered in `isBroken`, and nothing more is written.
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

  /// A number as one reads it: 1,234,567.
  func put(grouped number: Int) { put(Digits.grouped(number)) }

  /// Text from elsewhere on one line of output: what a terminal would act on as `\u001B`.
  func put(printable text: Bytes) { Printable.forEachPiece(of: text) { put($0) } }

  /// The same for JSON, which says the same afterwards.
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

enum Digits {
  static func decimal(_ number: Int) -> [UInt8] {
    var text = MessageBuilder()
    text.add(number)
    return text.text
  }

  static func grouped(_ number: Int) -> [UInt8] {
    let digits = decimal(number)
    var text: [UInt8] = []
    for (index, digit) in digits.enumerated() {
      let left = digits.count - index
      if index > 0 && left % 3 == 0 && text.last != UInt8(ascii: "-") { text.append(UInt8(ascii: ",")) }
      text.append(digit)
    }
    return text
  }
}
