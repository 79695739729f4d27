// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Writes a table of a page.
struct HTMLTable {
  private let table: ReportTable
  private let title: [UInt8]
  private let html: HTMLText

  /// A table of more columns than this is set smaller on paper.
  private static let manyColumns = 10

  init(_ table: ReportTable, _ title: [UInt8], _ html: HTMLText) {
    self.table = table
    self.title = title
    self.html = html
  }

  func put() {
    guard !table.rows.isEmpty else {
      html.put("<p>")
      html.put(escaped: table.empty)
      return html.put("</p>\n")
    }
    html.put("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
    html.put(escaped: title)
    html.put(table.columns.count > HTMLTable.manyColumns ? "\"><table class=\"many\">" : "\"><table>")
    html.put("<caption class=\"hidden\">")
    html.put(escaped: title)
    html.put("</caption>\n<thead><tr>")
    for column in table.columns {
      html.put("<th scope=\"col\" class=\"")
      html.put(HTMLTable.name(of: column.kind))
      html.put("\">")
      if column.kind == .bar { html.put("<span class=\"hidden\">Bar</span>") } else { html.put(escaped: column.name) }
      html.put("</th>")
    }
    html.put("</tr></thead>\n<tbody>\n")
    let longest = table.longestBar
    for row in table.rows { put(row, longest) }
    html.put("</tbody></table></div>\n")
  }

  private func put(_ row: [ReportTable.Cell], _ longest: Int) {
    html.put("<tr>")
    for (index, cell) in row.enumerated() {
      html.put(index == 0 ? "<th scope=\"row\" class=\"" : "<td class=\"")
      html.put(HTMLTable.name(of: table.columns[index].kind))
      html.put("\">")
      if let tally = cell.tally { bar(tally, longest) } else { html.put(escaped: cell.text) }
      html.put(index == 0 ? "</th>" : "</td>")
    }
    html.put("</tr>\n")
  }

  /// The numbers are in other cells, so this is for the eye alone.
  private func bar(_ tally: Tally, _ longest: Int) {
    html.put("<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
    var (sum, drawn) = (0, 0)
    for group in ReaderGroup.allCases where tally[group] > 0 {
      sum += tally[group]
      let end = max(drawn + 5, Int(Double(sum) / Double(max(1, longest)) * 1000 + 0.5))
      html.put("<rect class=\"")
      html.put(group.className)
      html.put("\" height=\"10\" x=\"")
      html.put(tenths: drawn)
      html.put("\" width=\"")
      html.put(tenths: end - drawn)
      html.put("\"/>")
      drawn = end
    }
    html.put("</svg>")
  }

  private static func name(of kind: ReportTable.Column.Kind) -> StaticString {
    switch kind {
    case .text: "t"
    case .number: "n"
    case .path: "p"
    case .bar: "b"
    }
  }
}
