// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// An error that keeps a command from starting or going on: in its arguments, with a file, or for lack of memory. The message
/// is one line for the person at the terminal.
struct UsageError: Error {
  let message: [UInt8]
  /// Whether the message refers to `--help`.
  let isAboutArguments: Bool

  init(_ message: [UInt8], isAboutArguments: Bool = true) {
    self.message = message
    self.isAboutArguments = isAboutArguments
  }

  init(_ message: StaticString) { self.init([UInt8](message)) }

  /// Names a flag and what is wrong with it: "--href: found …".
  init(flag: Bytes, _ message: [UInt8]) {
    self.init([UInt8]("--") + flag + [UInt8](": ") + message)
  }

  init(flag: [UInt8], _ message: [UInt8]) { self.init([UInt8]("--") + flag + [UInt8](": ") + message) }

  init(flag: [UInt8], _ message: StaticString) { self.init(flag: flag, [UInt8](message)) }

  static let memory = UsageError([UInt8]("memory ran out"), isAboutArguments: false)

  /// Says what the system answered about a file: "cannot open access.log: No such file or directory".
  static func cannot(_ action: StaticString, _ path: Bytes, error: Int32) -> UsageError {
    var message = MessageBuilder()
    message.add("cannot ")
    message.add(action)
    message.add(" ")
    message.add(path)
    message.add(": ")
    if let text = strerror(error) { message.add(Bytes(cString: text)) }
    return UsageError(message.text, isAboutArguments: false)
  }
}
