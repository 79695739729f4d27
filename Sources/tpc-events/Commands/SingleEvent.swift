// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// `send --href`: sends one event and prints its report.
struct SingleEvent {
  private let arguments: Arguments
  private let visit: Visit
  private let timeoutMilliseconds: Int

  private static let standardTimeoutMilliseconds = 15_000
  private static let stepMilliseconds = 50

  init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    timeoutMilliseconds = try arguments.milliseconds(.timeout) ?? SingleEvent.standardTimeoutMilliseconds
    visit = try Visit()
    guard !arguments.has(.rejected) else { throw UsageError("--rejected: is for files of events; the report of a single event is printed") }
  }

  func run() throws(UsageError) -> ExitCode {
    do throws(Failure) {
      for (flag, value) in arguments.flags {
        if let field = flag.field { try visit.event.pointee.set(field, value) }
      }
      if let address = arguments.clientAddress { try visit.event.pointee.set(.requestClientIp, address) }
    } catch {
      return SingleEvent.refuse(error)
    }
    for (flag, value) in arguments.flags where flag == .property {
      let property = try PropertyArgument(value)
      do throws(Failure) {
        try property.set(in: visit)
      } catch {
        return SingleEvent.refuse(error)
      }
    }
    if arguments.has(.spool) { return try write() }
    return try arguments.has(.dryRun) ? show() : send()
  }

  private static func refuse(_ failure: Failure) -> ExitCode {
    Output.error.put("tpc-events: the event is refused: ")
    Output.error.put(printable: failure.field)
    Output.error.put(failure.field.isEmpty ? "" : ": ")
    Output.error.put(printable: failure.message)
    Output.error.put("\n")
    return .refused
  }

  private func show() throws(UsageError) -> ExitCode {
    var json = ByteBuffer()
    do throws(Failure) {
      if try EventPreview(arguments.options).append(visit.event.pointee, to: &json) {
        Output.standard.put(json: json.bytes)
        Output.standard.put("\n")
      }
      return .success
    } catch {
      return try SingleEvent.fail(error)
    }
  }

  /// A faulty option is wrong usage; a faulty event is refused.
  private static func fail(_ failure: Failure) throws(UsageError) -> ExitCode {
    guard failure.status != .invalidOption else { throw UsageError(failure.field + [UInt8](": ") + failure.message) }
    return refuse(failure)
  }

  /// Writes the event into a spool.
  private func write() throws(UsageError) -> ExitCode {
    let writer = try SpoolWriter(arguments)
    try writer.becomeUser()
    do throws(Failure) {
      let result = try writer.client.track(visit.event.pointee)
      writer.client.syncSpool()
      writer.client.close(timeoutMilliseconds: 0)
      guard case .queued = result else {
        Output.standard.put("left out      by sample_rate, only_ai_agents, only_ai or enabled: nothing was written\n")
        return .success
      }
    } catch {
      let code = try SingleEvent.fail(error)
      return error.status == .system ? .undelivered : code
    }
    SingleEvent.row("outcome", Bytes("in the spool"))
    return .success
  }

  // MARK: Sending

  private func send() throws(UsageError) -> ExitCode {
    var options = arguments.options
    let client: Client
    let result: TrackResult
    do throws(Failure) {
      try options.set(.reportCapacity, Bytes("1"))
      client = try Client(options)
      result = try client.track(visit.event.pointee)
    } catch {
      return try SingleEvent.fail(error)
    }
    guard case .queued = result else {
      Output.standard.put("left out      by sample_rate, only_ai_agents, only_ai or enabled: nothing was sent\n")
      return .success
    }
    var report = wait(client)
    client.close(timeoutMilliseconds: 0)
    report = report ?? (try? client.pollPointer(timeoutMilliseconds: 0))
    guard let report else { throw UsageError.memory }
    defer { CMemory.free(report) }
    SingleEvent.print(report)
    switch report.pointee.outcome {
    case .delivered:
      if options.boolean(.dryRun) { Output.standard.put("dry_run       is set: nothing was sent\n") }
      return .success
    case .rejected: return .refused
    case .expired, .abandoned, .spooled:
      ConfigurationAdvice.print(httpStatus: Int(report.pointee.httpStatus))
      return .undelivered
    }
  }

  /// Waits until there is a report, the time is up, or an answer shows that waiting is in vain.
  private func wait(_ client: Client) -> UnsafeMutablePointer<Report>? {
    let interruption = Interruption()
    let watch = Stopwatch()
    while watch.elapsedMilliseconds < timeoutMilliseconds, !client.isMisconfigured, !interruption.check() {
      let leftMilliseconds = timeoutMilliseconds - watch.elapsedMilliseconds
      let waitMilliseconds = min(SingleEvent.stepMilliseconds, leftMilliseconds)
      if let report = try? client.pollPointer(timeoutMilliseconds: waitMilliseconds) { return report }
    }
    return nil
  }

  private static func print(_ report: UnsafeMutablePointer<Report>) {
    let outcome: StaticString =
      switch report.pointee.outcome {
      case .delivered: "delivered"
      case .rejected: "rejected"
      case .expired, .abandoned, .spooled: "not delivered"
      }
    row("outcome", Bytes(outcome))
    let status = report.pointee.httpStatus
    row("HTTP status", status == 0 ? [UInt8]("none") : Digits.decimal(Int(status)))
    row("event id", report.pointee.text(.eventID))
    row("requests", Digits.decimal(Int(report.pointee.attempts)))
    row("received at", report.pointee.text(.receivedAt))
    // Without an answer, the code only says how the event ended.
    guard report.pointee.outcome == .delivered || report.pointee.outcome == .rejected || status > 0 else { return }
    row("code", report.pointee.text(.code))
    row("message", report.pointee.text(.message))
    row("details", report.pointee.text(.details))
  }

  private static func row(_ name: StaticString, _ value: [UInt8]) { value.withUnsafeBufferPointer { row(name, $0) } }

  private static func row(_ name: StaticString, _ value: Bytes) {
    guard !value.isEmpty else { return }
    Output.standard.put(name)
    for _ in name.utf8CodeUnitCount..<14 { Output.standard.put(" ") }
    Output.standard.put(printable: value)
    Output.standard.put("\n")
  }
}
