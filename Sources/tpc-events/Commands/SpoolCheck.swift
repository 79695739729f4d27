// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// `spool check`: reads everything, and changes nothing.
final class SpoolCheck {
  private let spool: SpoolFolder
  private let visit: Visit
  private let output = Output.standard
  private var (files, events, flaws) = (0, 0, 0)

  init(_ path: [UInt8]) throws(UsageError) {
    spool = try SpoolFolder.spool(path)
    visit = try Visit()
  }

  func run() throws(UsageError) -> ExitCode {
    check(spool)
    let walk = SpoolWalk(spool, Interruption())
    walk.forEach(begin: { [self] in check($0) }) { [self] folder, file in
      files += 1
      let before = flaws
      let found = check(file, folder)
      if flaws > before { walk.clear() }
      return found
    }
    if walk.unusable > 0 { say(spool.path, "holds something else by the name of a destination's folder") }
    let summary = Summary(output)
    summary.row("folders", walk.folders, always: true)
    summary.row("files", files, always: true)
    summary.row("pending events", events, always: true)
    summary.row("faults", flaws, always: true)
    output.flush()
    if output.isBroken { return .usage }
    return walk.interruption.isRaised ? .undelivered : flaws > 0 ? .refused : .success
  }

  private func check(_ folder: SpoolFolder) {
    if folder.status.st_uid != spool.status.st_uid { say(folder.path, "belongs to another user than the spool") }
    if folder.status.st_mode & 0o022 != 0 { say(folder.path, "can be written to by other users; expected mode 0700") }
    if tpc_posix_folder_flaw(folder.descriptor) == Int32(TPC_FOLDER_IS_REMOTE) {
      say(folder.path, "is on a network file system, or one that this version does not know: the library does not use it")
    }
  }

  /// Returns how many events are pending in the file.
  private func check(_ file: SpoolFile, _ folder: SpoolFolder) -> Int {
    let path = folder.path + [UInt8]("/") + file.name
    if let flaw = file.flaw {
      say(path, flaw)
      return 0
    }
    switch file.kind {
    case .sender, .otherFormat: return 0
    case .unknown:
      say(path, "is not one of the spool's files")
      return 0
    case .segment, .setAside: break
    }
    if file.kind == .setAside { say(path, "was set aside: nobody could read it, or whoever sent from it died") }
    let scan = SegmentScan(file, checking: visit)
    if let flaw = scan.flaw { say(path, flaw) }
    if scan.damaged > 0 { say(path, "has records that cannot be read", scan.damaged) }
    if scan.invalid > 0 { say(path, "has events that the library would not send", scan.invalid) }
    events += scan.pending
    return scan.pending
  }

  private func say(_ path: [UInt8], _ flaw: StaticString, _ count: Int? = nil) {
    flaws += 1
    output.put(printable: path)
    output.put(": ")
    output.put(flaw)
    if let count {
      output.put(": ")
      output.put(grouped: count)
    }
    output.put("\n")
  }
}
