// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// What access logs say about AI agents and people from AI answers. It takes one entry after another, of any format, in any order
/// of time, and needs the same memory for a day as for a year.
final class Aggregate {
  let addresses: AgentAddresses
  /// What reads the lines.
  let reader: LogReader
  private let site: Site?

  let clock = LogClock()
  /// The lines that were read, and what those of them are that this does not see.
  var lines = 0
  var blank = 0
  var unreadable = 0
  /// The files that were read, and those of them that are damaged.
  var files = 1
  var damagedFiles = 0
  /// Whether the reading was ended before the logs were.
  var isInterrupted = false
  /// The formats that logs were read in.
  private(set) var formats: [StaticString] = []
  /// The readable lines that are not page visits, by what they are.
  private(set) var headers = 0
  private(set) var skipped = [Int](repeating: 0, count: PageFilter.Reason.allCases.count)
  /// All page visits, and those without what would tell who came.
  private(set) var visits = Tally()
  private(set) var visitsWithoutUserAgent = 0
  private(set) var visitsWithReferrer = 0
  /// Requests of agents that have no address.
  private(set) var agentRequestsWithoutAddress = 0

  private(set) var agents: [AgentRecord] = []
  private(set) var answers: [AnswerRecord] = []
  let series = TimeSeries()
  private(set) var hoursOfDay = [Tally](repeating: Tally(), count: 24)
  /// The pages that agents and people from answers read.
  let pages = TextCounts(limit: 50_000)
  /// What an agent, by its index, or people, by `peopleNumber`, looked for in vain.
  let notFound = TextCounts(limit: 50_000)
  let hosts = TextCounts(limit: 2_000)
  let distinctPages = DistinctSet(limit: 700_000)
  let distinctAddresses = DistinctSet(limit: 100_000)

  static let peopleNumber = -1

  private let hash = SeededHash()
  private var lastAgent = 0
  /// The host in lower case, and the path: what a page is counted by.
  private var page = ByteBuffer()
  private var hostLength = 0

  /// Fails when the options' files of agents or of addresses cannot be read.
  init(_ arguments: Arguments, _ site: Site?) throws(UsageError) {
    self.site = site
    reader = try LogReader(arguments)
    do throws(Failure) {
      addresses = try AgentAddresses(arguments.options)
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message, isAboutArguments: false)
    }
  }

  /// Goes on with a log that is read in this way.
  func begin(_ layout: LogLayout) {
    reader.layout = layout
    let name = layout.format.name
    if !formats.contains(where: { $0.bytes.matches(name) }) { formats.append(name) }
  }

  /// Counts what a line turned out to be. Returns why it cannot be read, if it cannot.
  func take(_ reading: LogReader.Reading) -> StaticString? {
    switch reading {
    case .header: headers &+= 1
    case .blank: blank &+= 1
    case .noRequest: skip(.noRequest)
    case .unreadable(let reason): return reason
    case .request(let entry, let request, let reason): take(entry, request, reason)
    }
    return nil
  }

  private func take(_ entry: LogEntry, _ request: LogRequest, _ unwanted: PageFilter.Reason?) {
    // The reader has checked the time.
    guard let time = clock.read(entry.time) else { return }
    let path = Site.ownTarget(of: request, host: entry.host, site).map { Aggregate.withoutQuery($0) }
    let reason = unwanted ?? (path == nil ? .foreignHost : nil)
    if let reason { skip(reason) }
    let group: ReaderGroup
    if let agent = entry.userAgent.flatMap({ reader.rules.agent(named: $0) }) {
      group = take(agent, entry, path, isVisit: reason == nil, time) ? ReaderGroup(agent.purpose) : .others
    } else {
      group = takePerson(entry, request, path, reason, time) ? .people : .others
    }
    if reason == nil { addVisit(entry, group, time) }
  }

  private func skip(_ reason: PageFilter.Reason) { skipped[reason.rawValue] &+= 1 }

  private func addVisit(_ entry: LogEntry, _ group: ReaderGroup, _ time: Int64) {
    let hour = ReportTime.hour(time)
    visits[group] &+= 1
    series.add(hour: hour, group)
    hoursOfDay[hour &- 24 &* TimeSeries.divide(hour, 24)][group] &+= 1
    if entry.userAgent == nil { visitsWithoutUserAgent &+= 1 }
    if entry.referrer != nil { visitsWithReferrer &+= 1 }
    guard entry.host != nil, compose(Bytes(start: nil, count: 0), entry.host), hostLength > 0 else { return }
    hosts.add(page.bytes, hash: hash.of(page.bytes), group)
  }

  // MARK: Pages

  private static func withoutQuery(_ target: Bytes) -> Bytes {
    var end = 0
    while end < target.count, target[end] != UInt8(ascii: "?"), target[end] != UInt8(ascii: "#") { end &+= 1 }
    return target.part(0, end)
  }

  /// Puts the host, if the entry has one, and the path into `page`. `false` when memory ran out.
  private func compose(_ path: Bytes, _ host: Bytes?) -> Bool {
    page.truncate(to: 0)
    if let host = Site.named(host) {
      for byte in host.part(0, 255) where !page.append(byte.lowercased) { return false }
    }
    hostLength = page.count
    return page.append(path)
  }

  // MARK: Agents

  /// Whether it is the agent's own visit, as far as anybody knows.
  private func take(_ agent: AIAgent, _ entry: LogEntry, _ path: Bytes?, isVisit: Bool, _ time: Int64) -> Bool {
    let index = record(of: agent)
    let address = reader.client(entry)
    if address == nil { agentRequestsWithoutAddress &+= 1 }
    let verdict = addresses.verdict(agent, address)
    if verdict == .spoofed {
      takeSpoofed(index, address, isVisit: isVisit, time)
      return false
    }
    agents[index].add(status: entry.status, bytes: entry.bytes, at: time)
    if isVisit {
      agents[index].visits &+= 1
      if verdict == .verified { agents[index].verifiedVisits &+= 1 }
    }
    guard let path, compose(path, entry.host) else { return true }
    if isVisit {
      pages.add(page.bytes, hostLength: hostLength, hash: hash.of(page.bytes), ReaderGroup(agent.purpose))
      if distinctPages.insert(hash.of(page.bytes, number: index)) { agents[index].pages &+= 1 }
    }
    if Aggregate.isNotFound(entry.status) {
      agents[index].notFound &+= 1
      addNotFound(index, ReaderGroup(agent.purpose))
    }
    if path.matches("/robots.txt") { agents[index].robots.add(time) }
    if path.matches("/llms.txt") || path.matches("/llms-full.txt") { agents[index].llms.add(time) }
    return true
  }

  private func takeSpoofed(_ index: Int, _ address: IPAddress?, isVisit: Bool, _ time: Int64) {
    agents[index].spoofed.requests &+= 1
    if isVisit { agents[index].spoofed.visits &+= 1 }
    agents[index].spoofed.last = max(agents[index].spoofed.last, time)
    // Of an address, only its hash is kept.
    page.truncate(to: 0)
    guard let address, address.format(into: &page) else { return }
    if distinctAddresses.insert(hash.of(page.bytes, number: index)) { agents[index].spoofed.addresses &+= 1 }
  }

  /// A table's agent has the same text each time, so its address is compared.
  private func record(of agent: AIAgent) -> Int {
    if lastAgent < agents.count, agents[lastAgent].agent.name.baseAddress == agent.name.baseAddress { return lastAgent }
    lastAgent = agents.firstIndex { $0.agent.name.baseAddress == agent.name.baseAddress } ?? agents.count
    if lastAgent == agents.count { agents.append(AgentRecord(agent)) }
    return lastAgent
  }

  // MARK: People

  /// Whether it is a page visit of somebody who comes from an AI answer.
  private func takePerson(
    _ entry: LogEntry, _ request: LogRequest, _ path: Bytes?, _ reason: PageFilter.Reason?, _ time: Int64
  ) -> Bool {
    // Where errors are visits by the options, these are visits, too, but not to a page.
    let isLost = Aggregate.isNotFound(entry.status) && (reason == nil || reason == .error)
    guard let path, reason == nil || isLost else { return false }
    guard entry.referrer != nil || path.count < request.target.count else { return false }
    guard let answer = AIAnswer.from(referrer: entry.referrer ?? Bytes(start: nil, count: 0), href: request.target) else { return false }
    let index = record(of: answer)
    answers[index].last = max(answers[index].last, time)
    guard compose(path, entry.host) else { return !isLost }
    if isLost {
      answers[index].notFound &+= 1
      addNotFound(Aggregate.peopleNumber, .people)
      return false
    }
    switch answer.evidence {
    case .referrer: answers[index].byReferrer &+= 1
    case .utm: answers[index].byURL &+= 1
    }
    pages.add(page.bytes, hostLength: hostLength, hash: hash.of(page.bytes), .people)
    return true
  }

  private func record(of answer: AIAnswer) -> Int {
    if let index = answers.firstIndex(where: { $0.answer.name.matches(answer.name) }) { return index }
    answers.append(AnswerRecord(answer))
    return answers.count &- 1
  }

  // MARK: In vain

  private func addNotFound(_ number: Int, _ group: ReaderGroup) {
    notFound.add(page.bytes, hostLength: hostLength, number: number, hash: hash.of(page.bytes, number: number), group)
  }

  private static func isNotFound(_ status: Int?) -> Bool { status == 404 || status == 410 }
}
