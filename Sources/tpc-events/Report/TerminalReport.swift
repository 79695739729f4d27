// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Writes a report as plain text: tables in columns, charts of characters.
struct TerminalReport {
  private let text: TerminalText

  private static let hourRows = 6

  init(_ output: Output) { text = TerminalText(output) }

  func put(_ report: LogReport) {
    text.paragraph(report.title, .strong)
    text.paragraph(report.period)
    for warning in report.warnings {
      text.newLine()
      text.paragraph(warning, mark: "! ", .strong)
    }
    text.newLine()
    headlines(report.headlines)
    if !report.findings.isEmpty { heading([UInt8]("What stands out")) }
    for finding in report.findings { text.paragraph(finding, mark: "- ") }
    for section in report.sections { put(section) }
  }

  private func headlines(_ headlines: [ReportHeadline]) {
    let width = headlines.reduce(0) { max($0, $1.number.count) }
    for headline in headlines {
      text.spaces(width - headline.number.count)
      text.put(headline.number, .strong)
      beside([UInt8](headline.label), column: width, 2, nil)
      beside(headline.detail, column: 0, width + 2, .faint)
    }
  }

  /// Writes words in a column of their own: what is left of the first line, and the lines below it.
  private func beside(_ words: [UInt8], column: Int, _ gap: Int, _ style: TerminalText.Style?) {
    let indentation = column + gap
    var rest = words.split(separator: 0x20).map { [UInt8]($0) }
    var isFirst = true
    while !rest.isEmpty {
      var line = rest.removeFirst()
      while let word = rest.first, indentation + TerminalText.width(line) + 1 + TerminalText.width(word) <= text.columns {
        line += [0x20] + word
        rest.removeFirst()
      }
      text.spaces(isFirst ? gap : indentation)
      text.put(line, style)
      text.newLine()
      isFirst = false
    }
  }

  private func heading(_ title: [UInt8]) {
    text.newLine()
    text.paragraph(title, .strong)
    text.put([UInt8](repeating: UInt8(ascii: "-"), count: min(TerminalText.width(title), text.columns)), .faint)
    text.newLine()
  }

  private func put(_ section: ReportSection) {
    heading(section.title)
    text.paragraph(section.about, .faint)
    text.newLine()
    if let chart = section.chart {
      if chart.highest == 0 {
        text.paragraph([UInt8]("There is nothing to show."))
      } else {
        switch chart.form {
        case .days: days(chart)
        case .hours: hours(chart)
        }
      }
    }
    if let table = section.table {
      if table.rows.isEmpty { text.paragraph([UInt8](table.empty)) } else { TerminalTable(table, text).put() }
    }
    for note in section.notes { text.paragraph(note, mark: "  ", .faint) }
  }

  // MARK: Charts

  private func legend(_ groups: [ReaderGroup]) {
    var column = 0
    for group in groups {
      let width = 2 + group.name.utf8CodeUnitCount
      if column > 0, column + 3 + width > text.columns {
        text.newLine()
        column = 0
      }
      if column > 0 { text.put("   ") }
      text.put(TerminalBar.character(group), .group(group))
      text.put(" ")
      text.put(group.name)
      column += (column > 0 ? 3 : 0) + width
    }
    text.newLine()
  }

  private func days(_ chart: ReportChart) {
    let groups = chart.present
    legend(groups)
    let highest = chart.highest
    let label = chart.labels.reduce(0) { max($0, $1.long.count) }
    let number = Digits.grouped(highest).count
    for (index, tally) in chart.tallies.enumerated() {
      text.put(chart.labels[index].long)
      let sum = Digits.grouped(chart.sum(index))
      text.spaces(label - chart.labels[index].long.count + 2 + number - sum.count)
      text.put(sum)
      text.spaces(chart.sum(index) == 0 ? 0 : 2)
      TerminalBar.put(tally, groups, longest: highest, width: max(4, text.columns - label - number - 4), to: text)
      text.newLine()
    }
  }

  /// The 24 hours from left to right, agents below people.
  private func hours(_ chart: ReportChart) {
    let groups = chart.present
    legend(groups)
    let highest = chart.highest
    let number = Digits.grouped(highest).count
    // Four columns an hour where there is room for them.
    let width = text.columns >= number + 1 + 24 * 3 ? 3 : text.columns >= number + 1 + 24 * 2 ? 2 : 1
    for row in stride(from: TerminalReport.hourRows, to: 0, by: -1) {
      let axis = row == TerminalReport.hourRows ? Digits.grouped(highest) : []
      text.spaces(number - axis.count)
      text.put(axis, .faint)
      var cells: [ReaderGroup?] = chart.tallies.map { group(at: row, of: $0, groups, highest) }
      while let last = cells.last, last == nil { cells.removeLast() }
      for cell in cells {
        text.put(width == 3 ? " " : "")
        guard let cell else {
          text.spaces(width == 3 ? 2 : width)
          continue
        }
        text.put([UInt8](repeating: TerminalBar.character(cell).bytes[0], count: width == 1 ? 1 : width - (width == 3 ? 1 : 0)), .group(cell))
      }
      text.newLine()
    }
    text.spaces(number)
    for hour in 0..<24 where width == 3 || hour % 3 == 0 {
      if width == 3 { text.put(" ") }
      text.put(chart.labels[hour].short, .faint)
      if width != 3, hour < 21 { text.spaces(width * 3 - 2) }
    }
    text.newLine()
  }

  /// The group whose part of the column is in a row.
  private func group(at row: Int, of tally: Tally, _ groups: [ReaderGroup], _ highest: Int) -> ReaderGroup? {
    var sum = 0
    let total = groups.reduce(0) { $0 + tally[$1] }
    if total == 0 { return nil }
    let height = max(1, TerminalBar.scaled(total, highest, TerminalReport.hourRows))
    guard row <= height else { return nil }
    for group in groups where tally[group] > 0 {
      sum += tally[group]
      if TerminalBar.scaled(sum, total, height) >= row { return group }
    }
    return nil
  }
}
