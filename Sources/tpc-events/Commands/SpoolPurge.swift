// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// `spool purge`: deletes events that nobody is sending, whatever account they are for.
final class SpoolPurge {
  private let spool: SpoolFolder
  /// Nil for all events.
  private let leastAge: Int64?
  private var (purged, left, removed, inUse, failed) = (0, 0, 0, 0, 0)

  init(_ arguments: Arguments, _ path: [UInt8]) throws(UsageError) {
    let text = arguments.value(.older)
    leastAge = text.flatMap { SpoolAge.read($0) }
    guard text == nil || leastAge != nil else {
      throw UsageError(flag: Bytes("older"), [UInt8]("expected a whole number and s, m, h or d, such as 7d"))
    }
    guard (text != nil) != arguments.has(.all) else {
      throw UsageError("spool purge takes --older AGE or --all: which events to delete")
    }
    spool = try SpoolFolder.spool(path)
    try SpoolUser.become(spool)
  }

  func run() throws(UsageError) -> ExitCode {
    let walk = SpoolWalk(spool, Interruption())
    walk.forEach(
      forWriting: true, end: { [self] in if leastAge == nil { removeIfEmpty($0) } },
      { [self] folder, file in
        let before = purged
        purge(file, folder)
        return purged - before
      })
    let summary = Summary(.standard)
    summary.row("events deleted", purged, always: true)
    summary.row("events left", left, always: true)
    summary.row("files removed", removed, always: true)
    summary.row("files in use", inUse)
    summary.row("files not removed", failed + walk.unusable)
    Output.standard.flush()
    if walk.interruption.isRaised { return .undelivered }
    return failed + walk.unusable > 0 ? .refused : .success
  }

  private func purge(_ file: SpoolFile, _ folder: SpoolFolder) {
    switch file.kind {
    case .segment: break
    case .setAside: if leastAge != nil { return }
    case .sender: return
    // Whose they are, nobody knows.
    case .otherFormat, .unknown:
      failed += leastAge == nil ? 1 : 0
      return
    }
    guard file.flaw == nil else {
      failed += 1
      return
    }
    guard file.lock() else {
      inUse += 1
      left += SegmentScan(file).pending
      return
    }
    // Until it had the locks, somebody may have removed the file or sent what is in it.
    file.look(folder)
    guard file.flaw == nil, !file.isGone else { return }
    var kept = 0
    var hasFailed = false
    let scan = SegmentScan(file) { [self] event in
      if let leastAge, event.ageMilliseconds < leastAge {
        kept += 1
      } else if leastAge == nil || file.purge(event.offset) {
        purged += 1
      } else {
        hasFailed = true
        kept += 1
      }
    }
    left += kept
    // What nobody can read may hold events of any age.
    let isRead = scan.flaw == nil && scan.damaged == 0
    if kept == 0 && (leastAge == nil || isRead) {
      if folder.remove(file.name) { removed += 1 } else { hasFailed = true }
    }
    if hasFailed { failed += 1 }
  }

  /// Removes a folder in which there is nothing but the file that senders lock.
  private func removeIfEmpty(_ folder: SpoolFolder) {
    let sender = [UInt8]("sender-0")
    guard folder.names().allSatisfy({ $0 == sender }) else { return }
    let file = SpoolFile(sender, in: folder, forWriting: true)
    if !file.isGone {
      guard file.flaw == nil, file.lock(), folder.remove(sender) else { return }
    }
    _ = spool.remove([UInt8](folder.path[(folder.path.count - 16)...]), isFolder: true)
  }
}
