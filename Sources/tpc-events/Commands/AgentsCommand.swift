// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// `agents`: the AI agents that are known, and what a folder of their networks says.
struct AgentsCommand {
  private let options: Options
  private let address: IPAddress?
  private let printsCron: Bool
  private let output = Output.standard

  init(_ arguments: Arguments) throws(UsageError) {
    options = arguments.options
    printsCron = arguments.has(.cron)
    guard arguments.operands.count <= 1 else { throw UsageError("agents takes one address") }
    address = arguments.operands.first.flatMap { IPAddress($0) }
    guard arguments.operands.isEmpty || address != nil else { throw UsageError("agents takes an IPv4 or IPv6 address") }
    if options.value(.aiRangesFolder).isEmpty, printsCron || address != nil {
      throw UsageError("agents needs --ai-ranges-dir with the folder of the lists")
    }
  }

  func run() throws(UsageError) -> ExitCode {
    if printsCron { return try printCron() }
    do throws(Failure) {
      guard let ranges = try AgentRanges.read(options) else { return try list() }
      guard let address else { return try check(ranges) }
      try AIAgent.forEach(options) { agent in
        guard let holds = ranges.holds(address, of: agent, oldest: oldest) else { return }
        row(agent.name, agent.operatorName, Bytes(holds ? "true" : "false"))
      }
      return .success
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message, isAboutArguments: false)
    }
  }

  private var now: Int64 { tpc_posix_clock_ns(CLOCK_REALTIME) / 1_000_000_000 }

  private var oldest: Int64 { now - options.integer(.aiRangesMaxAge) * 86_400 }

  private func list() throws(Failure) -> ExitCode {
    try AIAgent.forEach(options) { agent in
      var (number, url) = (0, Bytes("-"))
      while let published = PublishedNetworks.row(number) {
        if agent.name.matches(published.name) { url = published.url.bytes }
        number += 1
      }
      row(agent.name, agent.operatorName, agent.purpose.name.bytes, url)
    }
    return .success
  }

  private func check(_ ranges: AgentRanges) throws(Failure) -> ExitCode {
    var code = ExitCode.success
    for index in 0..<ranges.count {
      guard let file = ranges.file(index) else { continue }
      var isKnown = false
      try AIAgent.forEach(options) { agent in
        isKnown = isKnown || file.name.matchesIgnoringCase(agent.name) || file.name.matchesIgnoringCase(agent.operatorName)
      }
      let verdict: StaticString = !isKnown ? "unknown" : file.changed < oldest ? "old" : "ok"
      if !verdict.bytes.matches("ok") { code = .refused }
      var (networks, days) = (MessageBuilder(), MessageBuilder())
      networks.add(file.networks)
      days.add(Int(max(0, now - file.changed) / 86_400))
      networks.text.withUnsafeBufferPointer { networks in
        days.text.withUnsafeBufferPointer { days in row(file.name, networks, days, verdict.bytes) }
      }
    }
    return code
  }

  private func row(_ texts: Bytes...) {
    for (index, text) in texts.enumerated() {
      if index > 0 { output.put("\t") }
      output.put(printable: [UInt8](text))
    }
    output.put("\n")
  }

  // MARK: Cron

  /// Each list is written beside the old one and renamed, so that nobody reads half of it, and an error of the server changes nothing.
  private func printCron() throws(UsageError) -> ExitCode {
    let folder = options.value(.aiRangesFolder)
    guard folder.first == UInt8(ascii: "/"), !folder.contains(UInt8(ascii: "'")), !folder.contains(UInt8(ascii: "%")) else {
      throw UsageError("agents --cron needs a folder that begins with / and has no quotes or percent signs")
    }
    var number = 0
    while let published = PublishedNetworks.row(number) {
      let path = [UInt8]("'") + folder + [UInt8]("/") + [UInt8](published.name) + [UInt8](".json")
      var line = MessageBuilder()
      line.add(number * 2 + 5)
      line.add(" 4 * * * curl -fsSL --max-time 60 -o ")
      line.add(path)
      line.add(".new' ")
      line.add(published.url)
      line.add(" && mv ")
      line.add(path)
      line.add(".new' ")
      line.add(path)
      line.add("'\n")
      output.put(line.text)
      number += 1
    }
    return .success
  }
}
