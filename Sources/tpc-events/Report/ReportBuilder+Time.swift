// SPDX-License-Identifier: Apache-2.0

import TPCCore

extension ReportBuilder {
  /// What a chart over the period shows.
  enum Subject {
    case agents, people
  }

  func timeSection(_ subject: Subject) -> ReportSection {
    let span = spanHours
    var title = MessageBuilder()
    title.add(subject == .agents ? "Page visits by AI agents, " : "Visits by people from AI answers, ")
    title.add(ReportBuilder.name(ofSpan: span))
    var section = ReportSection(
      title.text,
      [UInt8](
        subject == .agents
          ? "Each column is divided by why the agents read: to train models, to build a search index, because a user has just asked, or to browse for a user."
          : "What people did on the site afterwards is not in it: only the visits that an answer led to."))
    if span > 24 { section.notes.append([UInt8]("The first and the last span are shorter where the period begins or ends within them.")) }
    section.chart = chart(subject == .agents ? ReaderGroup.agents : [.people], span)
    return section
  }

  private static func name(ofSpan hours: Int) -> [UInt8] {
    switch hours {
    case 1: return [UInt8]("hour by hour")
    case 24: return [UInt8]("day by day")
    case 168: return [UInt8]("week by week")
    default: break
    }
    var text = MessageBuilder()
    text.add("in spans of ")
    if hours < 24 { text.add(hours, "hour", "hours") } else { text.add(hours / 168, "week", "weeks") }
    return text.text
  }

  /// The shortest span of which the period has few enough. Periods of more than two days are shown by days, however short.
  private var spanHours: Int {
    guard let first = aggregate.clock.first, let last = aggregate.clock.last else { return 24 }
    let (start, end) = (ReportTime.hour(first), ReportTime.hour(last))
    var span = end - start >= 48 ? 24 : 1
    while span < aggregate.series.hours || index(end, span) - index(start, span) >= limits.columns {
      span = span == 1 ? 3 : span == 3 ? 6 : span == 6 ? 24 : span == 24 ? 168 : span * 2
    }
    return span
  }

  /// The number of the span that an hour is in. Weeks begin on Monday, and 1970 began on a Thursday.
  private func index(_ hour: Int, _ span: Int) -> Int { TimeSeries.divide(span >= 168 ? hour + 72 : hour, span) }

  private func chart(_ groups: [ReaderGroup], _ span: Int) -> ReportChart {
    var chart = ReportChart(form: .days, groups: groups)
    guard let first = aggregate.clock.first, let last = aggregate.clock.last else { return chart }
    let (start, end) = (index(ReportTime.hour(first), span), index(ReportTime.hour(last), span))
    for number in start...end {
      chart.labels.append(label(Int64(number * span - (span >= 168 ? 72 : 0)) * ReportTime.millisecondsPerHour, span))
      chart.tallies.append(Tally())
    }
    for (number, tally) in zip(aggregate.series.spans, aggregate.series.tallies) {
      let at = index(number * aggregate.series.hours, span) - start
      if chart.tallies.indices.contains(at) { chart.tallies[at].add(tally) }
    }
    return chart
  }

  private func label(_ time: Int64, _ span: Int) -> (long: [UInt8], short: [UInt8]) {
    // Shorter spans are for periods of two days.
    if span < 24 {
      let isMidnight = ReportTime.hour(time) % 24 == 0
      return (ReportTime.shortMinute(time), isMidnight ? ReportTime.shortDay(time) : ReportTime.clock(time))
    }
    let day = hasSeveralYears ? ReportTime.day(time) : ReportTime.shortDay(time)
    return (span == 24 ? ReportTime.weekday(time) + [0x20] + day : day, day)
  }

  // MARK: Hours of the day

  var hoursSection: ReportSection {
    var section = ReportSection(
      "Hours of the day", "When agents and people from AI answers come, by the log's clock, over the whole period.")
    var chart = ReportChart(form: .hours, groups: ReaderGroup.agents + [.people])
    for hour in 0..<24 {
      let digits = [UInt8](hour < 10 ? "0" : "") + Digits.decimal(hour)
      chart.labels.append((digits + [UInt8](":00 to ") + digits + [UInt8](":59"), digits))
      chart.tallies.append(aggregate.hoursOfDay[hour])
    }
    section.chart = chart
    return section
  }
}
