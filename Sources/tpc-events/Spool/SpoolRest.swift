// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What is left in a spool after it was emptied, and whose it is.
final class SpoolRest {
  /// Of the folders that were emptied, in files that nobody uses.
  private(set) var unsent = 0
  /// In files that a process uses.
  private(set) var inUse = 0
  /// Of other accounts.
  private(set) var others = 0
  private(set) var setAside = 0
  private var lines = 0

  private static let mostLines = 5

  init(_ walk: SpoolWalk, drained: [UInt64]) {
    walk.forEach { [self] folder, file in
      guard file.flaw == nil, file.kind == .segment || file.kind == .setAside else { return 0 }
      let scan = SegmentScan(file)
      guard scan.pending > 0 else { return 0 }
      walk.clear()
      if file.kind == .setAside {
        setAside += scan.pending
      } else if !drained.contains(folder.number) {
        others += scan.pending
      } else if file.isInUse {
        inUse += scan.pending
        say(folder, file, scan)
      } else {
        unsent += scan.pending
      }
      return scan.pending
    }
  }

  private func say(_ folder: SpoolFolder, _ file: SpoolFile, _ scan: SegmentScan) {
    lines += 1
    guard lines <= SpoolRest.mostLines else { return }
    Output.error.put("tpc-events: ")
    Output.error.put(printable: folder.path + [UInt8]("/") + file.name)
    Output.error.put(": ")
    Output.error.put(grouped: scan.pending)
    Output.error.put(scan.pending == 1 ? " event is" : " events are")
    // Who uses the file need not be the process that began it, which may have ended.
    Output.error.put(" in use by another process")
    if scan.processID != 0 {
      Output.error.put("; process ")
      Output.error.put(scan.processID)
      Output.error.put(" began the file")
    }
    Output.error.put("\n")
  }
}
