// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// What a descriptor shows: whether it is a terminal that moves its cursor, and whether its user wants colors.
enum Style {
  /// Whether escape sequences mean something there: on a terminal, unless `TERM` is "dumb".
  static func allowsEscapes(on descriptor: Int32) -> Bool { isatty(descriptor) != 0 && variable("TERM")?.matches("dumb") != true }

  /// Whether colors are welcome, too: any text in `NO_COLOR` says that they are not.
  static func allowsColor(on descriptor: Int32) -> Bool { allowsEscapes(on: descriptor) && variable("NO_COLOR")?.isEmpty != false }

  /// The columns of the terminal; nil for anything else.
  static func columns(of descriptor: Int32) -> Int? {
    let columns = Int(tpc_posix_terminal_columns(descriptor))
    return columns > 0 ? columns : nil
  }

  private static func variable(_ name: StaticString) -> Bytes? {
    name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount + 1) { tpc_posix_secure_getenv($0) }
      .map { Bytes(cString: $0) }
  }
}
