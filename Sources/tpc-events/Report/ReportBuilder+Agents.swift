// SPDX-License-Identifier: Apache-2.0

import TPCCore

extension ReportBuilder {
  var agentsSection: ReportSection {
    var section = ReportSection(
      "AI agents",
      isVerifying
        ? "Each agent by what its user agent says. Verified visits came from an address that its operator publishes; of the unverified ones, nobody knows. Spoofed requests are not in the other columns."
        : "Each agent by what its user agent says, which anybody can write: without --ai-ranges-dir, no address was checked.")
    var columns: [ReportTable.Column] = [
      .init("Agent", .text), .init("Operator", .text, rank: 6), .init("Purpose", .text, rank: 2), .init("", .bar, rank: 7),
      .init("Visits", .number), .init("Pages", .number, rank: 5),
    ]
    if isVerifying {
      columns += [.init("Verified", .number, rank: 1), .init("Unverified", .number, rank: 9), .init("Spoofed", .number, rank: 3)]
    }
    columns += [
      .init("2xx", .number, rank: 8), .init("3xx", .number, rank: 8), .init("4xx", .number, rank: 8), .init("5xx", .number, rank: 8),
      .init("Data", .number, rank: 10), .init("First seen", .number, rank: 11), .init("Last seen", .number, rank: 4),
    ]
    var table = ReportTable(columns, empty: "No line names an AI agent that is known. tpc-events agents lists those that are.")
    for index in order.prefix(limits.agents) { table.rows.append(row(of: aggregate.agents[index])) }
    section.table = table
    if order.count > limits.agents { section.notes.append(more(order.count - limits.agents, "agent", "agents")) }
    section.notes.append(
      [UInt8](
        limits.isWide
          ? "Visits are page visits; 2xx to 5xx and Data count every request of the agent, with those for scripts, images and robots.txt."
          : "A wider terminal, and the page of --html, have more columns."))
    return section
  }

  private func row(of record: AgentRecord) -> [ReportTable.Cell] {
    let group = ReaderGroup(record.agent.purpose)
    var bar = Tally()
    bar[group] = record.visits
    var row: [ReportTable.Cell] = [
      .init(name: record.agent.name), .init(name: record.agent.operatorName), .init(group.name), .init(bar: bar),
      .init(record.visits), pages(of: record),
    ]
    if isVerifying {
      row += [.init(record.verifiedVisits), .init(record.visits - record.verifiedVisits), .init(record.spoofed.requests)]
    }
    row += [
      .init(record.statuses[2]), .init(record.statuses[3]), .init(record.statuses[4]), .init(record.statuses[5]),
      .init(ReportText.size(record.bytes)), time(record.first), time(record.last),
    ]
    return row
  }

  private func pages(of record: AgentRecord) -> ReportTable.Cell {
    var cell = ReportTable.Cell(record.pages)
    if aggregate.distinctPages.isFull { cell.text += [UInt8]("+") }
    return cell
  }

  /// A time in the period, with its year where the period has several.
  func time(_ milliseconds: Int64?) -> ReportTable.Cell {
    guard let milliseconds, milliseconds > .min else { return .init("-") }
    return .init(hasSeveralYears ? ReportTime.minute(milliseconds) : ReportTime.shortMinute(milliseconds))
  }

  var hasSeveralYears: Bool {
    guard let first = aggregate.clock.first, let last = aggregate.clock.last else { return false }
    return ReportTime.day(first).suffix(4) != ReportTime.day(last).suffix(4)
  }

  func more(_ count: Int, _ one: StaticString, _ many: StaticString) -> [UInt8] {
    var text = MessageBuilder()
    text.add("And ")
    text.add(grouped: count)
    text.add(" more ")
    text.add(count == 1 ? one : many)
    text.add(".")
    return text.text
  }

  // MARK: Operators

  private struct OperatorRecord {
    let name: Bytes
    var visits = Tally()
  }

  var operatorsSection: ReportSection {
    var operators: [OperatorRecord] = []
    func add(_ name: Bytes, _ group: ReaderGroup, _ count: Int) {
      let known = operators.firstIndex { $0.name.matches(name) }
      if known == nil { operators.append(OperatorRecord(name: name)) }
      operators[known ?? operators.count - 1].visits[group] += count
    }
    for record in aggregate.agents where record.visits > 0 {
      add(record.agent.operatorName, ReaderGroup(record.agent.purpose), record.visits)
    }
    for record in aggregate.answers where record.visits > 0 { add(record.answer.operatorName, .people, record.visits) }
    operators.sort { left, right in
      let (one, other) = (left.visits.total, right.visits.total)
      return one != other ? one > other : left.name.precedes(right.name)
    }
    var section = ReportSection(
      "What operators read, and whom they bring",
      "Page visits of each operator's agents by purpose, beside the people who came from the same operator's answers, and how many visits of its agents there were for each of them.")
    var table = ReportTable(
      [
        .init("Operator", .text), .init("", .bar, rank: 3), .init("Training", .number, rank: 1), .init("Search", .number, rank: 1),
        .init("User's question", .number, rank: 1), .init("Browsing", .number, rank: 2), .init("All agents", .number),
        .init("People", .number), .init("Visits per person", .number, rank: 4),
      ], empty: "There is no visit by an AI agent.")
    for row in operators.prefix(limits.rows) {
      let visits = row.visits
      table.rows.append([
        .init(name: row.name), .init(bar: visits), .init(visits[.training]), .init(visits[.search]), .init(visits[.user]),
        .init(visits[.agent]), .init(visits.agents), .init(visits.people), ratio(visits.agents, visits.people),
      ])
    }
    section.table = table
    if operators.count > limits.rows { section.notes.append(more(operators.count - limits.rows, "operator", "operators")) }
    return section
  }

  private func ratio(_ agents: Int, _ people: Int) -> ReportTable.Cell {
    guard people > 0, agents > 0 else { return .init("-") }
    let tenths = (agents * 10 + people / 2) / people
    var text = MessageBuilder()
    text.add(grouped: tenths / 10)
    if tenths < 1000 {
      text.add(".")
      text.add(tenths % 10)
    }
    return .init(text.text)
  }

  // MARK: Files for crawlers

  var crawlerFilesSection: ReportSection {
    var section = ReportSection(
      "Who reads robots.txt and llms.txt",
      "Which agents fetched the files that tell crawlers what to read, and when last.")
    var table = ReportTable(
      [
        .init("Agent", .text), .init("Visits", .number, rank: 2), .init("robots.txt", .number), .init("Last", .number, rank: 1),
        .init("llms.txt", .number), .init("Last", .number, rank: 1),
      ], empty: "There is no visit by an AI agent.")
    let readers = order.filter {
      let record = aggregate.agents[$0]
      return record.visits > 0 || record.robots.count > 0 || record.llms.count > 0
    }
    for index in readers.prefix(limits.agents) {
      let record = aggregate.agents[index]
      table.rows.append([
        .init(name: record.agent.name), .init(record.visits), reads(record.robots), time(record.robots.last), reads(record.llms),
        time(record.llms.last),
      ])
    }
    section.table = table
    section.notes.append(
      [UInt8]("\"never\" is about this period alone: agents keep what they fetched before. Those that act for a user need not ask."))
    return section
  }

  private func reads(_ reads: AgentRecord.FileReads) -> ReportTable.Cell { reads.count == 0 ? .init("never") : .init(reads.count) }

  // MARK: Spoofed agents

  var spoofedSection: ReportSection {
    var section = ReportSection(
      "Spoofed agents",
      "Requests with the name of an agent whose operator publishes other addresses. The addresses themselves are not in this report.")
    let spoofed = aggregate.agents.filter { $0.spoofed.requests > 0 }.sorted { left, right in
      let (one, other) = (left.spoofed.requests, right.spoofed.requests)
      return one != other ? one > other : left.agent.name.precedes(right.agent.name)
    }
    var table = ReportTable(
      [
        .init("Name used", .text), .init("Operator", .text, rank: 2), .init("Requests", .number),
        .init("Page visits", .number, rank: 1), .init("Addresses", .number), .init("Last seen", .number, rank: 1),
      ],
      empty: isVerifying
        ? "No request named an agent whose lists have other addresses."
        : "Nothing was checked: give the folder of the operators' lists with --ai-ranges-dir. tpc-events agents --cron prints how to fetch them.")
    for record in spoofed.prefix(limits.agents) {
      table.rows.append([
        .init(name: record.agent.name), .init(name: record.agent.operatorName), .init(record.spoofed.requests),
        .init(record.spoofed.visits), .init(record.spoofed.addresses), time(record.spoofed.last),
      ])
    }
    section.table = table
    return section
  }
}
