// SPDX-License-Identifier: Apache-2.0

import TPCCore

extension ReportBuilder {
  /// A page as it is shown: its path, after its host where the logs have several.
  func shown(_ entry: TextCounts.Entry, in counts: TextCounts) -> [UInt8] {
    let text = counts.text(entry)
    let path = text.part(aggregate.hosts.entries.count > 1 ? 0 : entry.hostLength, text.count)
    return ReportText.printable(path)
  }

  var pagesSection: ReportSection {
    var section = ReportSection("Pages that AI agents read most", "Page visits by the agents' purpose, and by people from AI answers.")
    var table = ReportTable(
      [
        .init("Page", .path), .init("", .bar, rank: 2), .init("Agents", .number), .init("Training", .number, rank: 3),
        .init("Search", .number, rank: 3), .init("User's question", .number, rank: 3), .init("Browsing", .number, rank: 4),
        .init("People", .number, rank: 1),
      ], empty: "There is no visit by an AI agent.")
    for entry in aggregate.pages.highest(limits.rows, { $0.tally.agents }) {
      var agents = entry.tally
      agents[.people] = 0
      table.rows.append([
        .init(shown(entry, in: aggregate.pages)), .init(bar: agents), .init(agents.agents), .init(agents[.training]),
        .init(agents[.search]), .init(agents[.user]), .init(agents[.agent]), .init(entry.tally.people),
      ])
    }
    section.table = table
    section.notes += bound(aggregate.pages)
    return section
  }

  /// How exact the numbers of a table are, if they are not.
  func bound(_ counts: TextCounts) -> [[UInt8]] {
    guard counts.error > 0 else { return [] }
    var text = MessageBuilder()
    text.add("There were more pages than are counted at once: each number may be too low, by at most ")
    text.add(grouped: counts.error)
    text.add(".")
    return [text.text]
  }

  // MARK: People

  var answersSection: ReportSection {
    var section = ReportSection(
      "People from AI answers",
      "Page visits whose referrer, or the page's URL (utm_source), names a service that answers with AI. Many apps and browsers send neither, so there were more.")
    let answers = aggregate.answers.sorted { left, right in
      left.visits != right.visits ? left.visits > right.visits : left.answer.name.precedes(right.answer.name)
    }
    var table = ReportTable(
      [
        .init("Service", .text), .init("Operator", .text, rank: 3), .init("", .bar, rank: 2), .init("Visits", .number),
        .init("By referrer", .number, rank: 4), .init("By URL", .number, rank: 4), .init("Not found", .number, rank: 1),
        .init("Last visit", .number, rank: 2),
      ], empty: "No line shows a visit by a person from an AI answer.")
    for record in answers.prefix(limits.rows) {
      var bar = Tally()
      bar[.people] = record.visits
      table.rows.append([
        .init(name: record.answer.name), .init(name: record.answer.operatorName), .init(bar: bar), .init(record.visits),
        .init(record.byReferrer), .init(record.byURL), .init(record.notFound), time(record.last),
      ])
    }
    section.table = table
    return section
  }

  var peoplesPagesSection: ReportSection {
    var section = ReportSection("Pages that people from AI answers read most", "Where the links in AI answers led.")
    var table = ReportTable(
      [.init("Page", .path), .init("", .bar, rank: 2), .init("People", .number), .init("Agents", .number, rank: 1)],
      empty: "There is no visit by a person from an AI answer.")
    for entry in aggregate.pages.highest(limits.rows, { $0.tally.people }) {
      var people = Tally()
      people[.people] = entry.tally.people
      table.rows.append([
        .init(shown(entry, in: aggregate.pages)), .init(bar: people), .init(entry.tally.people), .init(entry.tally.agents),
      ])
    }
    section.table = table
    section.notes += bound(aggregate.pages)
    return section
  }

  // MARK: Hosts

  var hostsSection: ReportSection {
    var section = ReportSection("Hosts", "Page visits of each host that the log names.")
    var table = ReportTable(
      [
        .init("Host", .path), .init("", .bar, rank: 2), .init("Agents", .number), .init("People", .number),
        .init("All page visits", .number, rank: 1),
      ], empty: "The log names no hosts.")
    let hosts = aggregate.hosts
    for entry in hosts.highest(limits.rows, { $0.tally.total }) {
      var bar = entry.tally
      bar[.others] = 0
      table.rows.append([
        .init(ReportText.printable(hosts.text(entry))), .init(bar: bar), .init(entry.tally.agents), .init(entry.tally.people),
        .init(entry.tally.total),
      ])
    }
    section.table = table
    section.notes += bound(hosts)
    return section
  }
}
