// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Writes to a descriptor through a buffer. After a write that fails, `isBroken` is true and nothing more is written.
final class Output {
  let descriptor: Int32
  private var buffer = ByteBuffer()
  /// The system's error number of the write that failed; 0 if none did.
  private(set) var failure: Int32 = 0
  /// Asked ten times a second while nobody takes what is written. `false` gives the output up.
  var whileWaiting: () -> Bool = { true }

  static let standard = Output(descriptor: 1)
  static let error = Output(descriptor: 2)

  private static let threshold = 64 * 1024
  /// What a terminal or a socket takes at once when it takes anything.
  private static let pieceBytes = 4096
  private static let waitMilliseconds: Int32 = 100

  init(descriptor: Int32) { self.descriptor = descriptor }

  var isBroken: Bool { failure != 0 }

  func put(_ text: Bytes) {
    if !buffer.append(text) { failure = ENOMEM }
    if buffer.count >= Output.threshold { flush() }
  }

  func put(_ text: StaticString) { put(text.bytes) }

  func put(_ text: [UInt8]) { text.withUnsafeBufferPointer { put($0) } }

  func put(_ number: Int) {
    if !buffer.append(decimal: number) { failure = ENOMEM }
  }

  /// Writes a number with commas: 1,234,567.
  func put(grouped number: Int) { put(Digits.grouped(number)) }

  /// Writes text from elsewhere so that it stays on one line: characters that a terminal would act on become escapes such as
  /// `\u001B`.
  func put(printable text: Bytes) { Printable.forEachPiece(of: text) { put($0) } }

  /// Writes JSON in that way; the escapes do not change its meaning.
  func put(json: Bytes) { Printable.forEachPiece(of: json, isJSON: true) { put($0) } }

  /// Tells the person at the terminal something, on a line of its own.
  func say(_ message: [UInt8]) {
    put("tpc-events: ")
    put(printable: message)
    put("\n")
    flush()
  }

  func put(printable text: [UInt8]) { text.withUnsafeBufferPointer { put(printable: $0) } }

  func flush() {
    var written = 0
    while written < buffer.count && !isBroken {
      let rest = buffer.bytes.part(written, buffer.count)
      let count = mayWait ? writeWithoutWaiting(rest) : write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        written += count
      } else if tpc_posix_errno() == EAGAIN {
        wait()
      } else if tpc_posix_errno() != EINTR {
        failure = count < 0 ? tpc_posix_errno() : EIO
      }
    }
    buffer.truncate(to: 0)
  }

  /// Whether writing may have to wait for whoever reads: pipes, sockets and terminals. Files and other devices take everything at once.
  private lazy var mayWait: Bool = {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return tpc_posix_has_reader(&status) != 0 || isatty(descriptor) != 0
  }()

  /// A pipe takes what it has room for. Anything else is asked first, and is given little at a time.
  private func writeWithoutWaiting(_ bytes: Bytes) -> Int {
    let count = tpc_posix_write_without_waiting(descriptor, bytes.baseAddress, bytes.count)
    guard count < 0, tpc_posix_errno() == EOPNOTSUPP || tpc_posix_errno() == ENOSYS else { return count }
    guard isReady(within: 0) else {
      tpc_posix_set_errno(EAGAIN)
      return -1
    }
    return write(descriptor, bytes.baseAddress, min(bytes.count, Output.pieceBytes))
  }

  private func wait() {
    if !isReady(within: Output.waitMilliseconds), !whileWaiting() { failure = EINTR }
  }

  private func isReady(within milliseconds: Int32) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&ready, 1, milliseconds) > 0
  }
}
