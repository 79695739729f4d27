// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What a report says, in the order in which a terminal and a page show it. All texts are safe to print; a page escapes what its
/// own syntax needs.
struct LogReport {
  var title: [UInt8]
  var period: [UInt8]
  var headlines: [ReportHeadline] = []
  /// What stands out, a sentence each.
  var findings: [[UInt8]] = []
  /// What the log cannot show, as it is; before everything else.
  var warnings: [[UInt8]] = []
  var sections: [ReportSection] = []
}

struct ReportHeadline {
  let number: [UInt8]
  let label: StaticString
  let detail: [UInt8]
  let group: ReaderGroup?
}

struct ReportSection {
  let title: [UInt8]
  let about: [UInt8]
  var chart: ReportChart?
  var table: ReportTable?
  var notes: [[UInt8]] = []

  init(_ title: StaticString, _ about: StaticString) { self.init([UInt8](title), [UInt8](about)) }

  init(_ title: [UInt8], _ about: [UInt8]) {
    self.title = title
    self.about = about
  }
}

/// A row of columns, one for each span of time, in each of which the groups are stacked.
struct ReportChart {
  enum Form {
    /// From left to right; on a terminal from top to bottom.
    case days
    /// Always from left to right.
    case hours
  }

  let form: Form
  let groups: [ReaderGroup]
  /// What a column is called, and what is written below it where there is little room.
  var labels: [(long: [UInt8], short: [UInt8])] = []
  var tallies: [Tally] = []

  func sum(_ index: Int) -> Int { groups.reduce(0) { $0 + tallies[index][$1] } }

  var highest: Int { tallies.indices.reduce(0) { max($0, sum($1)) } }

  /// The groups that occur.
  var present: [ReaderGroup] { groups.filter { group in tallies.contains { $0[group] > 0 } } }
}

struct ReportTable {
  struct Column {
    enum Kind {
      case text
      case number
      /// Text that may be long and may be cut.
      case path
      /// A bar beside the numbers.
      case bar
    }

    let name: StaticString
    let kind: Kind
    /// Where there is little room, columns of a higher rank are left out first; those of rank 0 never.
    let rank: Int

    init(_ name: StaticString, _ kind: Kind, rank: Int = 0) {
      self.name = name
      self.kind = kind
      self.rank = rank
    }
  }

  struct Cell {
    var text: [UInt8] = []
    /// For a bar: its parts.
    var tally: Tally?

    init(_ text: [UInt8]) { self.text = text }

    init(_ text: StaticString) { self.text = [UInt8](text) }

    /// A number; nothing is a dash, so that the eye finds what is there.
    init(_ number: Int) { text = number == 0 ? [UInt8]("-") : Digits.grouped(number) }

    init(bar tally: Tally) { self.tally = tally }

    /// A table's own text, such as an agent's name.
    init(name: Bytes) { text = ReportText.printable(name) }
  }

  let columns: [Column]
  var rows: [[Cell]] = []
  /// What is written instead of a table without rows.
  let empty: StaticString

  init(_ columns: [Column], empty: StaticString) {
    self.columns = columns
    self.empty = empty
  }

  /// The longest bar's value.
  var longestBar: Int {
    rows.reduce(0) { longest, row in row.reduce(longest) { max($0, $1.tally?.total ?? 0) } }
  }
}
