// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import TPCCore

@Suite("Documented options")
struct DocumentedOptionsTests {
  private struct Row: Hashable {
    let name: String
    let standard: String
  }

  /// The rows "| `name` | `default` | meaning |" of a text; a default of "–" is none.
  private static func rows(_ text: String) -> [Row] {
    text.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count >= 5, cells[0].isEmpty, let name = code(cells[1]), isOptionName(name) else { return nil }
      // Another table lists the variables of options that have several.
      if let second = code(cells[2]), second.hasPrefix("TPC_") || second.hasPrefix("THE_PROMPTING_COMPANY_") { return nil }
      return Row(name: name, standard: cells[2] == "–" ? "" : code(cells[2]) ?? "no default: \(cells[2])")
    }
  }

  /// The text between a cell's backticks; nil when that is not all of it.
  private static func code(_ cell: String) -> String? {
    guard cell.count >= 2, cell.hasPrefix("`"), cell.hasSuffix("`") else { return nil }
    let inner = cell.dropFirst().dropLast()
    return inner.contains("`") ? nil : String(inner)
  }

  /// Other tables have names in code, too: an option's is one or more words in lowercase, not a command or a call.
  private static func isOptionName(_ name: String) -> Bool {
    let known = Option.allCases.contains { name == String(decoding: OptionTable.row($0).name.bytes, as: UTF8.self) }
    return known || (name.contains("_") && !name.hasPrefix("tpc_") && name.allSatisfy { $0.isLowercase || $0 == "_" })
  }

  @Test("The table of options lists every option with its default, and no other")
  func optionTable() throws {
    let root = (1...4).reduce(URL(filePath: #filePath)) { path, _ in path.deletingLastPathComponent() }
    let text = try String(contentsOf: root.appending(path: "docs/options.md"), encoding: .utf8)
    let found = Self.rows(text)
    let wanted = Option.allCases.map { option in
      let row = OptionTable.row(option)
      return Row(name: String(decoding: row.name.bytes, as: UTF8.self), standard: String(decoding: row.standard.bytes, as: UTF8.self))
    }
    #expect(Set(wanted).subtracting(found).map(\.name).sorted() == [], "options that the page lacks or has another default for")
    #expect(Set(found).subtracting(wanted).map(\.name).sorted() == [], "rows of the page that are not options")
    #expect(found.count == wanted.count, "repeated rows")
  }

  @Test("A row is read with any spacing, and an en dash is not a default")
  func rows() {
    #expect(Self.rows("|`api_key`|–|x|") == [Row(name: "api_key", standard: "")])
    #expect(Self.rows("|  `max_in_flight` |`100`  | a | b |") == [Row(name: "max_in_flight", standard: "100")])
    #expect(Self.rows("| option | default | |\n|---|---|---|\n| `tpc_x` | `1` | m |\n| `make test` | `a` | m |").isEmpty)
    #expect(Self.rows("| `api_key` | none | x |") != [Row(name: "api_key", standard: "")])
  }
}
