// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Writes text of limited width, with emphasis where the output is a terminal that shows it.
struct TerminalText {
  enum Style {
    case strong, faint
    case group(ReaderGroup)
  }

  let output: Output
  let columns: Int
  private let hasStyles: Bool

  private static let narrowest = 40
  private static let widest = 132

  /// As wide as the terminal; as wide as `COLUMNS` says, or 80, where there is none. NO_COLOR and TERM=dumb are honored.
  init(_ output: Output) {
    self.output = output
    let isTerminal = isatty(output.descriptor) != 0
    var width = isTerminal ? Int(tpc_posix_terminal_columns(output.descriptor)) : 0
    if width == 0 { width = TerminalText.number(TerminalText.variable("COLUMNS")) ?? 80 }
    columns = min(max(width, TerminalText.narrowest), TerminalText.widest)
    let term = TerminalText.variable("TERM")
    hasStyles = isTerminal && TerminalText.variable("NO_COLOR").isEmpty && !term.isEmpty && !term.matches("dumb")
  }

  private static func variable(_ name: StaticString) -> Bytes {
    guard let value = name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount + 1, { getenv($0) }) else {
      return Bytes(start: nil, count: 0)
    }
    return Bytes(cString: value)
  }

  private static func number(_ text: Bytes) -> Int? {
    guard text.count > 0, text.count <= 4, text.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    return text.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
  }

  // MARK: Writing

  func put(_ text: [UInt8], _ style: Style? = nil) {
    guard let style, hasStyles else { return output.put(text) }
    output.put(TerminalText.start(of: style))
    output.put(text)
    output.put("\u{1B}[0m")
  }

  func put(_ text: StaticString, _ style: Style? = nil) { put([UInt8](text), style) }

  func newLine() { output.put("\n") }

  func spaces(_ count: Int) { for _ in 0..<max(0, count) { output.put(" ") } }

  private static func start(of style: Style) -> StaticString {
    switch style {
    case .strong: "\u{1B}[1m"
    case .faint: "\u{1B}[2m"
    case .group(.training): "\u{1B}[34m"
    case .group(.search): "\u{1B}[36m"
    case .group(.user): "\u{1B}[33m"
    case .group(.agent): "\u{1B}[35m"
    case .group(.people): "\u{1B}[32m"
    case .group(.others): "\u{1B}[2m"
    }
  }

  /// Writes words on lines that are not longer than the width. The first line begins with `mark`, the others below its end.
  func paragraph(_ text: [UInt8], mark: StaticString = "", _ style: Style? = nil) {
    let indentation = mark.utf8CodeUnitCount
    var line = [UInt8](mark)
    var column = indentation
    for word in text.split(separator: 0x20) {
      let word = TerminalText.cut([UInt8](word), to: columns - indentation)
      let width = TerminalText.width(word)
      if column > indentation, column + 1 + width > columns {
        put(line, style)
        newLine()
        line = [UInt8](repeating: 0x20, count: indentation)
        column = indentation
      }
      if column > indentation {
        line.append(0x20)
        column += 1
      }
      line += word
      column += width
    }
    put(line, style)
    newLine()
  }

  // MARK: Widths

  /// How many columns a text takes. Characters from U+1100 on, most of which are wide, count as two.
  static func width(_ text: [UInt8]) -> Int {
    text.reduce(0) { width, byte in byte & 0xC0 == 0x80 ? width : width + self.width(startingWith: byte) }
  }

  private static func width(startingWith byte: UInt8) -> Int { byte >= 0xE1 && byte != 0xE2 ? 2 : 1 }

  /// The text, cut to a width, with dots where something is missing. Of a path, the end tells more than the middle.
  static func cut(_ text: [UInt8], to width: Int) -> [UInt8] {
    guard self.width(text) > width else { return text }
    let room = max(0, width - 3)
    let tail = room >= 24 ? room / 3 : 0
    return first(text, room - tail) + [UInt8]("...") + last(text, tail)
  }

  private static func first(_ text: [UInt8], _ width: Int) -> [UInt8] {
    var (end, column) = (0, 0)
    while end < text.count {
      let next = self.width(startingWith: text[end])
      if column + next > width { break }
      column += next
      end += 1
      while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    }
    return [UInt8](text[..<end])
  }

  private static func last(_ text: [UInt8], _ width: Int) -> [UInt8] {
    var (start, column) = (text.count, 0)
    while start > 0 {
      var before = start - 1
      while before > 0, text[before] & 0xC0 == 0x80 { before -= 1 }
      let next = self.width(startingWith: text[before])
      if column + next > width { break }
      column += next
      start = before
    }
    return [UInt8](text[start...])
  }
}
