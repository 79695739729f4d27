// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Writes a table in columns that are as wide as their texts, and leaves out the less important ones, those of one rank
/// together, where the terminal is narrow.
struct TerminalTable {
  private let text: TerminalText
  private let table: ReportTable
  /// The columns that are shown, and how wide they are.
  private var shown: [(index: Int, width: Int)] = []

  private static let gap = 2
  private static let narrowestPath = 18
  private static let narrowestBar = 10
  private static let widestBar = 30
  private static let narrowestText = 8
  private static let widestText = 30

  init(_ table: ReportTable, _ text: TerminalText) {
    self.table = table
    self.text = text
    shown = table.columns.indices.map { ($0, narrowest($0)) }
    while used > text.columns {
      let least = shown.indices.reduce(0) { max($0, rank($1)) }
      if least == 0 { break }
      shown = shown.indices.filter { rank($0) < least }.map { shown[$0] }
    }
    widen(.path)
    widen(.bar)
    // Where even these are too wide, paths and then names are cut.
    shrink(.path)
    shrink(.text)
  }

  func put() {
    for (place, column) in shown.enumerated() {
      let name = [UInt8](table.columns[column.index].name)
      pad(TerminalText.cut(name, to: column.width), column.width, isLast: place == shown.count - 1, isRight: table.columns[column.index].kind == .number, .faint)
      if place < shown.count - 1 { text.spaces(TerminalTable.gap) }
    }
    text.newLine()
    let longest = table.longestBar
    for row in table.rows {
      for (place, column) in shown.enumerated() {
        let isLast = place == shown.count - 1
        if let tally = row[column.index].tally {
          TerminalBar.put(tally, ReaderGroup.allCases, longest: longest, width: column.width, to: text, fills: !isLast)
        } else {
          let kind = table.columns[column.index].kind
          pad(TerminalText.cut(row[column.index].text, to: column.width), column.width, isLast: isLast, isRight: kind == .number, nil)
        }
        if !isLast { text.spaces(TerminalTable.gap) }
      }
      text.newLine()
    }
  }

  private func pad(_ cell: [UInt8], _ width: Int, isLast: Bool, isRight: Bool, _ style: TerminalText.Style?) {
    let rest = width - TerminalText.width(cell)
    if isRight { text.spaces(rest) }
    text.put(cell, style)
    if !isRight, !isLast { text.spaces(rest) }
  }

  // MARK: Widths

  private var used: Int { shown.reduce(TerminalTable.gap * (shown.count - 1)) { $0 + $1.width } }

  private func rank(_ place: Int) -> Int { table.columns[shown[place].index].rank }

  private func widest(_ column: Int) -> Int {
    table.rows.reduce(table.columns[column].name.utf8CodeUnitCount) { max($0, TerminalText.width($1[column].text)) }
  }

  private func narrowest(_ column: Int) -> Int {
    switch table.columns[column].kind {
    case .number: widest(column)
    case .text: min(widest(column), TerminalTable.widestText)
    case .path: min(widest(column), TerminalTable.narrowestPath)
    case .bar: TerminalTable.narrowestBar
    }
  }

  private mutating func shrink(_ kind: ReportTable.Column.Kind) {
    for place in shown.indices where table.columns[shown[place].index].kind == kind && used > text.columns {
      shown[place].width = max(TerminalTable.narrowestText, shown[place].width - (used - text.columns))
    }
  }

  /// Gives the columns of a kind what room is left, as far as they need it.
  private mutating func widen(_ kind: ReportTable.Column.Kind) {
    for place in shown.indices where table.columns[shown[place].index].kind == kind {
      let wanted = kind == .bar ? TerminalTable.widestBar : widest(shown[place].index)
      let room = text.columns - used
      if room > 0 { shown[place].width += max(0, min(room, wanted - shown[place].width)) }
    }
  }
}

/// A bar of plain characters, one for each group of readers.
enum TerminalBar {
  static func character(_ group: ReaderGroup) -> StaticString {
    switch group {
    case .training: "#"
    case .search: "="
    case .user: "+"
    case .agent: "*"
    case .people: "o"
    case .others: "."
    }
  }

  /// Writes the parts of a bar that would be `width` wide for `longest`. What there is is at least one character.
  static func put(_ tally: Tally, _ groups: [ReaderGroup], longest: Int, width: Int, to text: TerminalText, fills: Bool = false) {
    var (sum, used) = (0, 0)
    let total = groups.reduce(0) { $0 + tally[$1] }
    let whole = total == 0 ? 0 : max(1, scaled(total, longest, width))
    for group in groups where tally[group] > 0 {
      sum += tally[group]
      let end = sum == total ? whole : min(whole, scaled(sum, longest, width))
      if end > used {
        text.put([UInt8](repeating: character(group).bytes[0], count: end - used), .group(group))
        used = end
      }
    }
    if fills { text.spaces(width - used) }
  }

  static func scaled(_ number: Int, _ longest: Int, _ width: Int) -> Int {
    Int(Double(number) / Double(max(1, longest)) * Double(width) + 0.5)
  }
}
