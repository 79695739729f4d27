// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// `spool list`: each file of a spool, who uses it, and what is in it. Or the pending events themselves.
final class SpoolList {
  private let spool: SpoolFolder
  private let showsEvents: Bool
  private let output = Output.standard
  private var (files, inUse, setAside, others, unusable) = (0, 0, 0, 0, 0)
  private var (pending, ended, bytes) = (0, 0, 0)
  private var oldest: Int64?

  private static let widths = [14, 7, 7, 10, 10, 10, 7, 10]

  init(_ path: [UInt8], showsEvents: Bool) throws(UsageError) {
    spool = try SpoolFolder.spool(path)
    self.showsEvents = showsEvents
  }

  func run() throws(UsageError) -> ExitCode {
    let walk = SpoolWalk(spool, Interruption())
    walk.forEach(begin: { [self] in showsEvents ? () : title($0) }) { [self] _, file in
      walk.clear()
      return take(file)
    }
    if !showsEvents { summary(walk) }
    output.flush()
    return output.isBroken ? .usage : walk.interruption.isRaised ? .undelivered : .success
  }

  private func take(_ file: SpoolFile) -> Int {
    if showsEvents {
      guard file.flaw == nil, file.kind == .segment || file.kind == .setAside else { return 0 }
      return SegmentScan(file) { [self] event in
        output.put(json: event.body)
        output.put("\n")
      }.pending
    }
    guard file.kind != .sender || file.flaw != nil else { return 0 }
    files += 1
    guard file.flaw == nil, file.kind == .segment || file.kind == .setAside else {
      if file.flaw == nil && file.kind == .otherFormat { others += 1 } else { unusable += 1 }
      row([file.name, dash, dash, dash, dash, dash, dash, Digits.grouped(file.size)], note(of: file))
      return 0
    }
    let scan = SegmentScan(file)
    let (writer, sender) = (file.hasWriter, file.hasSender)
    if file.kind == .setAside { setAside += 1 } else if file.isInUse { inUse += 1 }
    pending += scan.pending
    ended += scan.ended
    bytes += file.size
    if let age = scan.oldestMilliseconds { oldest = max(oldest ?? 0, age) }
    row(
      [
        file.name, word(writer), word(sender), scan.processID == 0 ? dash : Digits.decimal(scan.processID), Digits.grouped(scan.pending),
        Digits.grouped(scan.ended), scan.oldestMilliseconds.map { SpoolAge.text($0) } ?? dash, Digits.grouped(file.size),
      ], note(of: file, scan))
    return scan.pending
  }

  private let dash: [UInt8] = [UInt8(ascii: "-")]

  private func word(_ isAlive: Bool?) -> [UInt8] { [UInt8](isAlive == nil ? "unknown" : isAlive == true ? "alive" : "none") }

  /// What the last column says: the format, or why there is none.
  private func note(of file: SpoolFile, _ scan: SegmentScan? = nil) -> [UInt8] {
    if let flaw = file.flaw ?? scan?.flaw { return [UInt8](flaw) }
    var note = MessageBuilder()
    switch file.kind {
    case .segment: note.add("1")
    case .setAside: note.add("1, set aside")
    case .otherFormat: note.add("another version's")
    case .sender, .unknown: note.add("is not one of the spool's files")
    }
    if let damaged = scan?.damaged, damaged > 0 {
      note.add(", records damaged: ")
      note.add(damaged)
    }
    return note.text
  }

  private func title(_ folder: SpoolFolder) {
    output.put(printable: folder.path)
    output.put("\n")
    let names: [StaticString] = ["file", "writer", "sender", "process", "pending", "ended", "oldest", "bytes"]
    row(names.map { [UInt8]($0) }, [UInt8]("format"))
  }

  /// The file's name and who uses it are texts; what follows are numbers.
  private func row(_ texts: [[UInt8]], _ note: [UInt8]) {
    output.put("  ")
    for (column, text) in texts.enumerated() {
      let spaces = max(0, SpoolList.widths[column] - text.count)
      if column > 2 { for _ in 0..<spaces { output.put(" ") } }
      output.put(printable: text)
      if column <= 2 { for _ in 0..<spaces { output.put(" ") } }
      output.put(" ")
    }
    output.put(" ")
    output.put(note)
    output.put("\n")
  }

  private func summary(_ walk: SpoolWalk) {
    if walk.folders > 0 { output.put("\n") }
    let summary = Summary(output)
    summary.row("folders", walk.folders, always: true)
    summary.row("files", files, always: true)
    summary.row("in use", inUse, isPart: true, always: true)
    summary.row("set aside", setAside, isPart: true)
    summary.row("another version's", others, isPart: true)
    summary.row("not usable", unusable + walk.unusable, isPart: true)
    summary.row("pending events", pending, always: true)
    summary.row("ended events", ended, always: true)
    summary.row("bytes", bytes, always: true)
    if let oldest { summary.text("oldest event", SpoolAge.text(oldest)) }
  }
}
