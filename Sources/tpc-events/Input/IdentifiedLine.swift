// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A line of `--line-ids`: its identity, a tab, and the line itself.
struct IdentifiedLine {
  let identity: Bytes
  let line: InputLine

  static let missing: StaticString = "has no identity before a tab at its start, as --line-ids expects"

  /// Nil where there is no identity.
  init?(_ whole: InputLine) {
    guard let tab = whole.text.firstIndex(of: 0x09), tab > 0 else { return nil }
    identity = whole.text.part(0, tab)
    line = InputLine(number: whole.number, text: whole.text.part(tab + 1, whole.text.count), isUnterminated: whole.isUnterminated)
  }
}
