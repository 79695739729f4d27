// SPDX-License-Identifier: Apache-2.0

import TPCCore

extension ReportBuilder {
  /// The visits that agents made because a user asked, or for a user in a browser.
  var forUsers: Int { aggregate.visits[.user] + aggregate.visits[.agent] }

  var notFound: Int { aggregate.agents.reduce(0) { $0 + $1.notFound } }

  var spoofed: Int { aggregate.agents.reduce(0) { $0 + $1.spoofed.requests } }

  var isVerifying: Bool { aggregate.addresses.ranges != nil }

  // MARK: Headlines

  var headlines: [ReportHeadline] {
    [
      headline(aggregate.visits.agents, "page visits by AI agents", .training, agentsDetail),
      headline(forUsers, "of these for a user who asked", .user, usersDetail),
      headline(aggregate.visits.people, "visits by people from AI answers", .people, peopleDetail),
      headline(notFound, "requests by agents for pages that do not exist", nil, notFoundDetail),
      isVerifying
        ? headline(spoofed, "spoofed requests, with an agent's name but not its address", nil, spoofedDetail)
        : ReportHeadline(
          number: [UInt8]("?"), label: "spoofed requests, with an agent's name but not its address",
          detail: [UInt8]("not checked: --ai-ranges-dir was not given"), group: nil),
    ]
  }

  private func headline(_ number: Int, _ label: StaticString, _ group: ReaderGroup?, _ detail: [UInt8]) -> ReportHeadline {
    ReportHeadline(number: Digits.grouped(number), label: label, detail: detail, group: group)
  }

  private var agentsDetail: [UInt8] {
    var text = MessageBuilder()
    text.add(share: aggregate.visits.agents, of: aggregate.visits.total)
    text.add(" of ")
    text.add(aggregate.visits.total, "page visit", "page visits")
    add(trend { $0.agents }, to: &text)
    return text.text
  }

  private var usersDetail: [UInt8] {
    var text = MessageBuilder()
    text.add(share: forUsers, of: aggregate.visits.agents)
    text.add(" of the agents' visits")
    add(trend { $0[.user] + $0[.agent] }, to: &text)
    return text.text
  }

  private var peopleDetail: [UInt8] {
    var text = MessageBuilder()
    text.add(share: aggregate.visits.people, of: aggregate.visits.total)
    text.add(" of all page visits")
    add(trend { $0.people }, to: &text)
    return text.text
  }

  private var notFoundDetail: [UInt8] {
    var text = MessageBuilder()
    text.add(share: notFound, of: aggregate.agents.reduce(0) { $0 + $1.requests })
    text.add(" of the agents' requests")
    return text.text
  }

  private var spoofedDetail: [UInt8] {
    guard spoofed > 0 else { return [UInt8]("no agent was spoofed") }
    var text = MessageBuilder()
    text.add("from ")
    if aggregate.distinctAddresses.isFull { text.add("at least ") }
    text.add(aggregate.agents.reduce(0) { $0 + $1.spoofed.addresses }, "address", "addresses")
    return text.text
  }

  private func add(_ percent: Int?, to text: inout MessageBuilder) {
    guard let percent else { return }
    text.add("; ")
    if percent == 0 { return text.add("as many in the second half of the period as in the first") }
    text.add(percent > 0 ? "+" : "-")
    text.add(grouped: abs(percent))
    text.add("% in the second half of the period")
  }

  // MARK: Findings

  /// What a reader should know first, a sentence each.
  var findings: [[UInt8]] {
    [busiestAgent, usersAgents, answersFinding, lostRequests, unreadFiles, spoofedFinding].compactMap { $0 }
  }

  private var busiestAgent: [UInt8]? {
    guard let index = order.first, aggregate.agents[index].visits > 0 else { return nil }
    let record = aggregate.agents[index]
    var text = MessageBuilder()
    text.add(printable: record.agent.name)
    text.add(" of ")
    text.add(printable: record.agent.operatorName)
    text.add(" read most: ")
    text.add(record.visits, "visit", "visits")
    text.add(" to ")
    addPages(of: record, to: &text)
    text.add(", ")
    text.add(share: record.visits, of: aggregate.visits.agents)
    text.add(" of what agents read.")
    return text.text
  }

  private func addPages(of record: AgentRecord, to text: inout MessageBuilder) {
    if aggregate.distinctPages.isFull { text.add("at least ") }
    text.add(record.pages, "page", "pages")
  }

  private var usersAgents: [UInt8]? {
    guard forUsers > 0 else { return nil }
    var text = MessageBuilder()
    text.add(forUsers, "visit was", "visits were")
    text.add(" made because somebody had just asked an AI assistant, which read the page for its answer.")
    return text.text
  }

  private var answersFinding: [UInt8]? {
    guard let best = aggregate.answers.max(by: { $0.visits < $1.visits }), best.visits > 0 else { return nil }
    var text = MessageBuilder()
    text.add("AI answers brought ")
    text.add(aggregate.visits.people, "visit", "visits")
    text.add(" by people, most of them from ")
    text.add(printable: best.answer.name)
    text.add(" (")
    text.add(grouped: best.visits)
    text.add(").")
    let lost = aggregate.answers.reduce(0) { $0 + $1.notFound }
    if lost > 0 {
      text.add(" Another ")
      text.add(lost, "request", "requests")
      text.add(" from there led to pages that do not exist.")
    }
    return text.text
  }

  private var lostRequests: [UInt8]? {
    guard let most = aggregate.notFound.highest(1, { $0.number >= 0 ? $0.tally.total : 0 }).first else { return nil }
    var text = MessageBuilder()
    text.add("Agents asked ")
    text.add(notFound, "time", "times")
    text.add(" for what does not exist, most often ")
    text.add(printable: aggregate.agents[most.number].agent.name)
    text.add(" for ")
    text.add(TerminalText.cut(shown(most, in: aggregate.notFound), to: 60))
    text.add(". A redirect, or a page, would answer them.")
    return text.text
  }

  private var unreadFiles: [UInt8]? {
    let crawlers = order.filter { index in
      let record = aggregate.agents[index]
      return record.visits > 0 && (record.agent.purpose == .training || record.agent.purpose == .search)
    }
    let without = crawlers.filter { aggregate.agents[$0].robots.count == 0 }.count
    guard without > 0 else { return nil }
    var text = MessageBuilder()
    text.add(grouped: without)
    text.add(" of ")
    text.add(crawlers.count, "agent", "agents")
    text.add(" that read for training or search did not fetch robots.txt in this period.")
    return text.text
  }

  private var spoofedFinding: [UInt8]? {
    guard spoofed > 0 else { return nil }
    var text = MessageBuilder()
    text.add(spoofed, "request", "requests")
    text.add(spoofed == 1 ? " named an agent but was" : " named an agent but were")
    text.add(" not from its operator's addresses. They are counted as spoofed and nowhere else.")
    return text.text
  }
}
