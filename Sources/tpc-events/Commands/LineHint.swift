// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Recognizes, by its first faulty line, a file that is not one event a line, and says what makes it one.
struct LineHint {
  private enum Flaw {
    case array, object, utf16
  }

  private var flaw: Flaw?
  private var hasLooked = false

  /// To be called with each faulty line.
  mutating func look(at line: InputLine) {
    guard !hasLooked else { return }
    hasLooked = true
    flaw = LineHint.flaw(of: line)
  }

  private static func flaw(of line: InputLine) -> Flaw? {
    let text = line.text
    if line.number == 1, text.count >= 2 {
      if text[0] == 0xFF && text[1] == 0xFE || text[0] == 0xFE && text[1] == 0xFF { return .utf16 }
    }
    guard let first = text.first(where: { !isSpace($0) }) else { return nil }
    if first == UInt8(ascii: "[") { return .array }
    return first == UInt8(ascii: "{") && text.filter({ !isSpace($0) }).count == 1 ? .object : nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  /// Says it once, at the end, when there is something to say. `command` reads from a pipe.
  func finish(_ command: StaticString) {
    let hint: StaticString
    switch flaw {
    case nil: return
    case .array: hint = "found an array; expected one event a line, as from: jq -c '.[]' FILE"
    case .object: hint = "found JSON over several lines; expected one event a line, as from: jq -c . FILE"
    case .utf16: hint = "found UTF-16; expected UTF-8, as from: iconv -f UTF-16 -t UTF-8 FILE"
    }
    Output.error.put("tpc-events: ")
    Output.error.put(hint)
    Output.error.put(" | ")
    Output.error.put(command)
    Output.error.put("\n")
    Output.error.flush()
  }
}
