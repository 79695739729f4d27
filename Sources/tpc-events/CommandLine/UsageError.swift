// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import TPCCore

/// What keeps a command from starting or going on: its arguments, or a file. One line for the person at the terminal.
struct UsageError: Error {
  let message: [UInt8]
  /// Whether the help would help.
  let isAboutArguments: Bool

  init(_ message: [UInt8], isAboutArguments: Bool = true) {
    self.message = message
    self.isAboutArguments = isAboutArguments
  }

  init(_ message: StaticString) { self.init([UInt8](message)) }

  /// A flag and what is wrong with it: "--href: found …".
  init(flag: Bytes, _ message: [UInt8]) {
    self.init([UInt8]("--") + flag + [UInt8](": ") + message)
  }

  /// "cannot open access.log: No such file or directory"
  static func file(_ action: StaticString, _ path: Bytes, _ error: Int32) -> UsageError {
    var message = MessageBuilder()
    message.add("cannot ")
    message.add(action)
    message.add(" ")
    message.add(path)
    message.add(": ")
    if let text = strerror(error) { message.add(Bytes(text: text)) }
    return UsageError(message.text, isAboutArguments: false)
  }
}
