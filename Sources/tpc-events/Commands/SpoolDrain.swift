// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// `spool drain`: sends what lies in a spool.
final class SpoolDrain {
  private let spool: SpoolFolder
  /// For the folder of the options' own account; those of other folders are made like it.
  private let first: Client
  private let follows: Bool
  private let takesAll: Bool
  private let timeoutMilliseconds: Int?
  /// Without a timeout: for how long nothing may be answered.
  private let patienceMilliseconds: Int
  private let rejected: LineFile?
  private let interruption = Interruption()
  private let complaints = Complaints("events that were not delivered")
  private let progress = Progress()
  private let watch = Stopwatch()
  private var ended = SentCounts()
  private var drained: [UInt64] = []
  private var lines = 0
  private var hasFailed = false
  private var isMisconfigured = false
  private var isTimeUp = false
  /// How many events there were, where that is to be shown.
  private var total = 0

  /// For a drain on which nobody waits, as many as can be pending.
  private static let reports: StaticString = "100000"
  private static let waitMilliseconds = 100
  /// How long the end waits for what was taken over, and how long without an answer unless it was interrupted.
  private static let endMilliseconds = 5_000
  private static let silenceMilliseconds = 1_000
  private static let lookMilliseconds = 1_000

  init(_ arguments: Arguments, _ path: [UInt8]) throws(UsageError) {
    follows = arguments.has(.follow)
    takesAll = arguments.has(.all)
    timeoutMilliseconds = try arguments.milliseconds(.timeout)
    patienceMilliseconds = Int(arguments.options.integer(.deliveryTimeout))
    guard !follows || timeoutMilliseconds == nil else { throw UsageError("--timeout: found with --follow, which ends at a signal; expected one of them") }
    spool = try SpoolFolder.spool(path)
    do throws(Failure) {
      var options = try arguments.options.spooling(in: path)
      try options.set(.reportCapacity, Bytes(SpoolDrain.reports))
      first = try Client(draining: nil, options)
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    // Both after what may be root's alone: the key's file, and this one.
    rejected = try .make(.rejected, columns: 4, arguments, interruption)
    try SpoolUser.become(spool)
  }

  func run() throws(UsageError) -> ExitCode {
    if progress.isShown && !follows { count() }
    if follows { try follow() } else { try drainInTurn() }
    progress.clear()
    complaints.finish()
    let isWritten = rejected?.finish() ?? true
    return report(isWritten)
  }

  // MARK: One after the other

  private func drainInTurn() throws(UsageError) {
    for number in wanted {
      if interruption.check() || isTimeUp || isMisconfigured { return }
      // Nothing was ever written for it: nothing is made, either.
      guard spool.destination(number) != nil, let folder = try begin(number) else { continue }
      while !folder.client.isDrained, !interruption.check(), !isOver(folder) { step([folder]) }
      finish([folder])
    }
  }

  /// Whether the endpoint takes nothing, so that waiting longer is in vain.
  private func isOver(_ folder: DrainedFolder) -> Bool {
    isMisconfigured = folder.client.isMisconfigured
    if let timeoutMilliseconds {
      isTimeUp = watch.elapsedMilliseconds >= timeoutMilliseconds
    } else {
      isTimeUp = folder.unansweredMilliseconds >= patienceMilliseconds
    }
    return isMisconfigured || isTimeUp
  }

  // MARK: All the time

  private func follow() throws(UsageError) {
    var folders: [DrainedFolder] = []
    var lookedAt = -SpoolDrain.lookMilliseconds
    while !interruption.check() {
      if watch.elapsedMilliseconds - lookedAt >= SpoolDrain.lookMilliseconds {
        lookedAt = watch.elapsedMilliseconds
        // Somebody may have removed a folder, and whoever writes made it anew.
        let removed = folders.filter { !$0.isInPlace }
        folders = folders.filter { $0.isInPlace }
        finish(removed)
        for number in wanted where !folders.contains(where: { $0.number == number }) {
          if let folder = try begin(number) { folders.append(folder) }
        }
      }
      step(folders)
    }
    finish(folders)
  }

  // MARK: Steps

  /// The folders to empty.
  private var wanted: [UInt64] {
    let own = first.spoolFolder ?? 0
    return takesAll ? [own] + spool.destinations().filter { $0 != own } : [own]
  }

  /// Begins with a folder. Nil if it cannot be used, which is an error unless there are others.
  private func begin(_ number: UInt64) throws(UsageError) -> DrainedFolder? {
    do throws(UsageError) {
      let folder = try DrainedFolder(Client(draining: number, as: first), number, in: spool)
      if !drained.contains(number) { drained.append(number) }
      return folder
    } catch {
      guard takesAll else { throw error }
      if !hasFailed { progress.say(error.message) }
      hasFailed = true
      return nil
    }
  }

  /// Waits a moment for reports, and takes all that there are.
  private func step(_ folders: [DrainedFolder]) {
    var wait = SpoolDrain.waitMilliseconds
    for folder in folders {
      while let report = try? folder.client.pollPointer(timeoutMilliseconds: wait) {
        take(report)
        wait = 0
      }
      wait = 0
    }
    if folders.isEmpty { usleep(UInt32(SpoolDrain.waitMilliseconds) * 1000) }
    progress.update({ sum(folders) }, fraction: fraction(folders))
  }

  private func sum(_ folders: [DrainedFolder]) -> SentCounts {
    var sum = ended
    for folder in folders { sum.add(folder.client.statistics) }
    return sum
  }

  private func fraction(_ folders: [DrainedFolder]) -> Double? {
    guard total > 0 else { return nil }
    let sum = sum(folders)
    return min(1, Double(sum.delivered + sum.rejected + sum.expired) / Double(total))
  }

  /// How many events there are to send.
  private func count() {
    let numbers = wanted
    SpoolWalk(spool, interruption).forEach { folder, file in
      guard numbers.contains(folder.number), file.flaw == nil, file.kind == .segment else { return 0 }
      let pending = SegmentScan(file).pending
      total += pending
      return pending
    }
  }

  /// Takes over no more, waits for what is on its way, and closes. The rest stays on disk.
  private func finish(_ folders: [DrainedFolder]) {
    for folder in folders { folder.client.stopTakingOver() }
    if interruption.isRaised && !folders.isEmpty { sayInterrupted(sum(folders).pending) }
    let waiting = Stopwatch()
    while waiting.elapsedMilliseconds < SpoolDrain.endMilliseconds, folders.contains(where: isWorthWaiting) { step(folders) }
    for folder in folders {
      folder.client.close(timeoutMilliseconds: 0)
      while let report = try? folder.client.pollPointer(timeoutMilliseconds: 0) { take(report) }
      ended.add(folder.client.statistics)
    }
  }

  /// Whether answers may still come. What is closed before its answer is sent again by the next drain.
  private func isWorthWaiting(_ folder: DrainedFolder) -> Bool {
    guard folder.client.statistics.pending > 0, !folder.client.isMisconfigured else { return false }
    return interruption.isRaised || folder.unansweredMilliseconds < SpoolDrain.silenceMilliseconds
  }

  private func take(_ report: UnsafeMutablePointer<Report>) {
    defer { CMemory.free(report) }
    guard report.pointee.outcome == .rejected || report.pointee.outcome == .expired else { return }
    lines += 1
    var reason = MessageBuilder()
    if report.pointee.httpStatus > 0 {
      reason.add("HTTP ")
      reason.add(Int(report.pointee.httpStatus))
      reason.add(": ")
    }
    reason.add(report.pointee.text(.message))
    progress.clear()
    reason.text.withUnsafeBufferPointer {
      complaints.add(event: report.pointee.text(.eventID), code: report.pointee.text(.code), reason: $0)
      rejected?.write(LinePlace(number: lines), report.pointee.text(.code), $0, text: report.pointee.text(.body))
    }
  }

  // MARK: The end

  private func report(_ isWritten: Bool) -> ExitCode {
    let rest = SpoolRest(SpoolWalk(spool, interruption), drained: drained)
    let summary = Summary(.standard)
    summary.row("events", ended.adopted, always: true)
    summary.row("delivered", ended.delivered, isPart: true, always: true)
    summary.row("rejected by server", ended.rejected, isPart: true, always: true)
    summary.row("expired", ended.expired, isPart: true)
    summary.row("damaged records", ended.corrupt)
    summary.row("left in the spool", rest.unsent + rest.inUse + rest.others + rest.setAside, always: true)
    summary.row("to be sent", rest.unsent, isPart: true)
    summary.row("in use by others", rest.inUse, isPart: true)
    summary.row("of other accounts", rest.others, isPart: true)
    summary.row("set aside", rest.setAside, isPart: true)
    summary.requests(ended, elapsedMilliseconds: watch.elapsedMilliseconds)
    Output.standard.flush()
    if rest.others > 0 {
      progress.say([UInt8]("events of other accounts, or of another key, are left; --all sends them with this credential"))
    }
    if isMisconfigured { progress.say([UInt8]("the endpoint takes nothing with this configuration; what is left stays in the spool")) }
    if ended.reportsDropped > 0 { progress.say([UInt8]("more events ended than reports can be kept; some are not in the file of --rejected")) }
    if hasFailed || !isWritten { return .usage }
    if rest.unsent > 0 || ended.expired > 0 || isTimeUp || isMisconfigured { return .undelivered }
    if interruption.isRaised && !follows { return .undelivered }
    return ended.rejected > 0 || ended.corrupt > 0 ? .refused : .success
  }

  private func sayInterrupted(_ pending: Int) {
    var message = MessageBuilder()
    message.add("interrupted")
    if pending > 0 {
      message.add("; waiting at most 5 seconds for ")
      message.add(Digits.grouped(pending))
      message.add(" events that are being sent")
    }
    progress.say(message.text)
  }
}
