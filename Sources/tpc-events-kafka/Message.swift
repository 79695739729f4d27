// SPDX-License-Identifier: Apache-2.0

import CTPCKafka
import CTPCPOSIX
import TPCCore

/// What the program writes to standard error: a line at a time, in which nothing from elsewhere can act on a terminal.
struct Message {
  private var text = MessageBuilder()

  init(_ start: StaticString) {
    text.add("tpc-events-kafka: ")
    text.add(start)
  }

  func with(_ part: StaticString) -> Message { adding { $0.add(part) } }

  func with(_ part: Bytes) -> Message { adding { $0.add(printable: part) } }

  func with(_ part: [UInt8]) -> Message { part.withUnsafeBufferPointer { with($0) } }

  func with(_ number: Int) -> Message { adding { $0.add(number) } }

  func with(_ error: rd_kafka_resp_err_t) -> Message { with(Bytes(cString: rd_kafka_err2str(error))) }

  func write() { Message.write(with("\n").text.text, to: 2) }

  private func adding(_ add: (inout MessageBuilder) -> Void) -> Message {
    var longer = self
    add(&longer.text)
    return longer
  }

  static func write(_ text: [UInt8], to descriptor: Int32) {
    text.withUnsafeBufferPointer { text in
      var written = 0
      while written < text.count {
        let count = CTPCPOSIX.write(descriptor, text.baseAddress! + written, text.count - written)
        if count <= 0 && tpc_posix_errno() != EINTR { return }
        written += max(0, count)
      }
    }
  }
}

/// Why the program cannot start or go on: a line for standard error.
struct Refusal: Error {
  let message: Message
  init(_ message: Message) { self.message = message }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// Views a C string, without its NUL.
  init(cString: UnsafePointer<CChar>?) {
    self.init(start: UnsafeRawPointer(cString)?.assumingMemoryBound(to: UInt8.self), count: cString.map { strlen($0) } ?? 0)
  }
}

/// Monotonic milliseconds.
func nowMilliseconds() -> Int { Int(tpc_posix_clock_ns(CLOCK_MONOTONIC) / 1_000_000) }
