// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Turns what was counted into a report.
struct ReportBuilder {
  /// How much is shown: a terminal has less room than a page.
  struct Limits {
    let rows: Int
    let agents: Int
    /// What one agent looked for in vain.
    let notFound: Int
    /// Columns of a chart.
    let columns: Int
    /// Whether all of a table's columns are shown.
    let isWide: Bool

    static let terminal = Limits(rows: 10, agents: 20, notFound: 3, columns: 31, isWide: false)
    static let page = Limits(rows: 50, agents: 500, notFound: 10, columns: 92, isWide: true)
  }

  let aggregate: Aggregate
  let limits: Limits
  /// The agents with requests of their own, those with the most visits first, as indices of the aggregate's.
  let order: [Int]

  init(_ aggregate: Aggregate, _ limits: Limits) {
    self.aggregate = aggregate
    self.limits = limits
    let agents = aggregate.agents
    order = agents.indices.filter { agents[$0].requests > 0 }.sorted { left, right in
      let (one, other) = (agents[left], agents[right])
      if one.visits != other.visits { return one.visits > other.visits }
      if one.requests != other.requests { return one.requests > other.requests }
      return one.agent.name.precedes(other.agent.name)
    }
  }

  func report(of name: [UInt8]) -> LogReport {
    var report = LogReport(title: [UInt8]("AI agents and answers: ") + name, period: period)
    report.headlines = headlines
    report.findings = findings
    report.warnings = warnings
    report.sections = [timeSection(.agents), agentsSection, operatorsSection, pagesSection, answersSection]
    if aggregate.visits.people > 0 { report.sections += [timeSection(.people), peoplesPagesSection] }
    report.sections.append(notFoundSection)
    if aggregate.agents.contains(where: { $0.notFound > 0 }) { report.sections.append(notFoundByAgentSection) }
    if !aggregate.notFound.highest(1, { $0.number == Aggregate.peopleNumber ? $0.tally.total : 0 }).isEmpty {
      report.sections.append(peoplesNotFoundSection)
    }
    report.sections += [crawlerFilesSection, spoofedSection, hoursSection]
    if aggregate.hosts.entries.count > 1 { report.sections.append(hostsSection) }
    report.sections.append(linesSection)
    return report
  }

  // MARK: The period

  private var period: [UInt8] {
    guard let first = aggregate.clock.first, let last = aggregate.clock.last else { return [UInt8]("No line has a time.") }
    var text = MessageBuilder()
    text.add(ReportTime.minute(first))
    text.add(" to ")
    text.add(ReportTime.minute(last))
    text.add(" (")
    let minutes = Int((last - first) / 60_000)
    if minutes >= 2 * 1440 {
      text.add(grouped: (minutes + 720) / 1440)
      text.add(" days")
    } else if minutes >= 120 {
      text.add((minutes + 30) / 60)
      text.add(" hours")
    } else {
      text.add(minutes, "minute", "minutes")
    }
    text.add(", by the log's clock: ")
    text.add(aggregate.clock.hasSeveralOffsets ? [UInt8]("several offsets from UTC") : ReportBuilder.zone(aggregate.clock.offsetMinutes ?? 0))
    text.add(")")
    return text.text
  }

  private static func zone(_ minutes: Int) -> [UInt8] {
    guard minutes != 0 else { return [UInt8]("UTC") }
    var text = MessageBuilder()
    text.add(minutes < 0 ? "UTC-" : "UTC+")
    let minutes = abs(minutes)
    text.add(minutes / 60 < 10 ? "0" : "")
    text.add(minutes / 60)
    text.add(minutes % 60 < 10 ? ":0" : ":")
    text.add(minutes % 60)
    return text.text
  }

  /// How much the second half of the period has more than the first, in percent. Nil where too little is there to compare.
  func trend(_ number: (Tally) -> Int) -> Int? {
    guard let first = aggregate.clock.first, let last = aggregate.clock.last else { return nil }
    let (start, end) = (ReportTime.hour(first), ReportTime.hour(last) + 1)
    // Whole days, so that both halves have as many nights.
    let half = (end - start) / 48 * 24
    guard half > 0, aggregate.series.hours <= 24 else { return nil }
    var (before, after) = (0, 0)
    for (span, tally) in zip(aggregate.series.spans, aggregate.series.tallies) {
      let hour = span * aggregate.series.hours
      if hour < start + half { before += number(tally) } else if hour >= end - half { after += number(tally) }
    }
    guard before >= 20 else { return nil }
    return Int(Double(after) / Double(before) * 100 + 0.5) - 100
  }
}
