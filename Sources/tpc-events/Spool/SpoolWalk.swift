// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Goes through the files of a spool, one folder after the other.
final class SpoolWalk {
  let spool: SpoolFolder
  let interruption: Interruption
  private let progress = Progress()
  private(set) var folders = 0
  /// Folders that cannot be opened, such as links.
  private(set) var unusable = 0

  init(_ spool: SpoolFolder, _ interruption: Interruption) {
    self.spool = spool
    self.interruption = interruption
  }

  /// Hands the files to `take`, and each folder to `begin` before and to `end` after that. Stops at a signal.
  func forEach(
    forWriting: Bool = false, begin: (SpoolFolder) -> Void = { _ in }, end: (SpoolFolder) -> Void = { _ in },
    _ take: (SpoolFolder, SpoolFile) -> Int
  ) {
    let numbers = spool.destinations()
    var events = 0
    for (index, number) in numbers.enumerated() {
      if interruption.check() { break }
      guard let folder = spool.destination(number) else {
        if tpc_posix_errno() != ENOENT { unusable += 1 }
        continue
      }
      folders += 1
      begin(folder)
      let names = folder.names()
      for (position, name) in names.enumerated() {
        if interruption.check() { break }
        let file = SpoolFile(name, in: folder, forWriting: forWriting)
        if !file.isGone { events += take(folder, file) }
        let fraction = (Double(index) + Double(position + 1) / Double(names.count)) / Double(numbers.count)
        progress.update(events, "events", fraction: fraction)
      }
      end(folder)
    }
    progress.clear()
  }

  /// Removes the progress line, before something else is written to the terminal.
  func clear() { progress.clear() }
}
