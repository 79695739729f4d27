// SPDX-License-Identifier: Apache-2.0

import TPCCore

extension ReportBuilder {
  /// What keeps the log from showing what it is read for.
  var warnings: [[UInt8]] {
    let visits = aggregate.visits.total
    var found: [[UInt8]] = []
    let read = aggregate.lines - aggregate.blank
    if aggregate.unreadable * 10 > read {
      found.append(sentence(share: aggregate.unreadable, of: read, " of the lines cannot be read: their format is not one that is known."))
    }
    if aggregate.isInterrupted {
      var text = MessageBuilder()
      text.add("Interrupted after line ")
      text.add(grouped: aggregate.lines)
      text.add(": what follows in the logs is not in this report.")
      found.append(text.text)
    }
    if aggregate.damagedFiles > 0 {
      var text = MessageBuilder()
      text.add(aggregate.damagedFiles, "file is", "files are")
      text.add(" damaged and could not be read to the end.")
      found.append(text.text)
    }
    guard visits > 0 else { return found }
    if aggregate.visitsWithoutUserAgent * 2 > visits {
      found.append(
        sentence(
          share: aggregate.visitsWithoutUserAgent, of: visits,
          " of the page visits have no user agent, so AI agents cannot be told. Let the server log it, as in the combined format."))
    }
    if aggregate.visitsWithReferrer == 0 {
      found.append([UInt8]("No line has a referrer, so people from AI answers are only known by their page's URL. Let the server log it."))
    }
    let requests = aggregate.agents.reduce(0) { $0 + $1.requests + $1.spoofed.requests }
    if isVerifying, aggregate.agentRequestsWithoutAddress * 2 > requests {
      found.append(
        sentence(share: aggregate.agentRequestsWithoutAddress, of: requests, " of the agents' requests have no address, so they cannot be verified."))
    }
    if isVerifying, aggregate.addresses.outdated > 0 {
      var text = MessageBuilder()
      text.add(aggregate.addresses.outdated, "list of addresses is", "lists of addresses are")
      text.add(" older than --ai-ranges-max-age-days and verified nothing.")
      found.append(text.text)
    }
    return found
  }

  private func sentence(share part: Int, of whole: Int, _ rest: StaticString) -> [UInt8] {
    var text = MessageBuilder()
    text.add(share: part, of: whole)
    text.add(rest)
    return text.text
  }

  var linesSection: ReportSection {
    var section = ReportSection("How this report was made", "Every line of the log is in exactly one row; of a line that holds several requests, each is.")
    var table = ReportTable([.init("Lines", .text), .init("Number", .number), .init("Share", .number, rank: 1)], empty: "")
    func row(_ name: StaticString, _ count: Int, always: Bool = false) {
      guard count > 0 || always else { return }
      table.rows.append([.init(name), .init(count), .init(ReportText.share(count, of: aggregate.lines))])
    }
    row("all lines", aggregate.lines, always: true)
    row("page visits", aggregate.visits.total, always: true)
    for reason in PageFilter.Reason.allCases { row(reason.rowName, aggregate.skipped[reason.rawValue]) }
    row("unreadable", aggregate.unreadable, always: true)
    row("headers, comments", aggregate.headers)
    row("blank", aggregate.blank)
    section.table = table
    section.notes = notes
    return section
  }

  private var notes: [[UInt8]] {
    var notices: [[UInt8]] = []
    aggregate.reader.doubts.sayNotices { count, text in
      notices.append([UInt8](text) + [UInt8](" (lines: ") + Digits.grouped(count) + [UInt8](")."))
    }
    return notices + [
      [UInt8](
        "A page visit is a GET or HEAD request that was answered with a page (2xx) or 304. Scripts, images, robots.txt, feeds and health checks do not count, and neither do redirects and errors."),
      [UInt8]("Nothing was sent anywhere. A person's address, and what follows the ? of a URL, are not in this report."),
      verification, reading,
      [UInt8](
        "A log shows what reached its server. What a cache or a CDN answered before it, what a sampled log leaves out, and agents that name themselves as a browser does, are not here."),
    ]
  }

  /// In which formats the logs were read.
  private var reading: [UInt8] {
    var text = MessageBuilder()
    if aggregate.files > 1 {
      text.add(grouped: aggregate.files)
      text.add(" logs were read as ")
    } else {
      text.add("The log was read as ")
    }
    for (index, name) in aggregate.formats.enumerated() {
      if index > 0 { text.add(index == aggregate.formats.count - 1 ? " and " : ", ") }
      text.add(name)
    }
    text.add(".")
    return text.text
  }

  private var verification: [UInt8] {
    guard let ranges = aggregate.addresses.ranges else {
      return [UInt8](
        "No visit is verified: a user agent is a claim that anybody can make. With --ai-ranges-dir, addresses are compared with the lists that operators publish.")
    }
    var text = MessageBuilder()
    text.add("Verified means that the address is in a list of the agent's operator; ")
    text.add(ranges.count, "list was", "lists were")
    text.add(" read, as they are today. A visit is unverified when there is no list for the agent, or no address in the log.")
    return text.text
  }
}
