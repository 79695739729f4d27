// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Draws one line on a terminal that shows how far a run is, a few times a second. Does nothing where there is no terminal.
///
///     [=========>          ]  45 %  3,210/s  12,300 delivered  3 rejected  7 retries  0:12 left
final class Progress {
  private static let intervalMilliseconds = 200
  private static let barWidth = 20

  private let output = Output.error
  private let isShown: Bool
  private let watch = Stopwatch()
  private var drawnAtMilliseconds = -intervalMilliseconds
  private var isDrawn = false

  init() { isShown = isatty(2) != 0 }

  /// Draws the line anew, unless it was drawn a moment ago. `fraction` is how much of the work is done, where that is known.
  func update(_ statistics: () -> Statistics, fraction: Double?) {
    guard isShown, watch.elapsedMilliseconds - drawnAtMilliseconds >= Progress.intervalMilliseconds else { return }
    drawnAtMilliseconds = watch.elapsedMilliseconds
    let line = line(statistics(), fraction)
    let terminal = Int(tpc_posix_terminal_columns(2))
    let columns = terminal == 0 ? 80 : max(20, terminal)
    output.put("\r\u{1B}[K")
    // The cursor goes back to the start of the line, so that whatever is written next replaces it.
    line.withUnsafeBufferPointer { output.put($0.part(0, columns - 1)) }
    output.put("\r")
    output.flush()
    isDrawn = true
  }

  /// Removes the line, before other text is written or when the run ends.
  func clear() {
    guard isDrawn else { return }
    output.put("\r\u{1B}[K")
    output.flush()
    isDrawn = false
    drawnAtMilliseconds = -Progress.intervalMilliseconds
  }

  private func line(_ statistics: Statistics, _ fraction: Double?) -> [UInt8] {
    var line = MessageBuilder()
    if let fraction {
      Progress.addBar(fraction, to: &line)
    }
    let done = Int(statistics.delivered + statistics.rejected)
    let elapsedMilliseconds = max(1, watch.elapsedMilliseconds)
    line.add(Digits.grouped(done * 1000 / elapsedMilliseconds))
    line.add("/s  ")
    line.add(Digits.grouped(Int(statistics.delivered)))
    line.add(" delivered  ")
    line.add(Digits.grouped(Int(statistics.rejected)))
    line.add(" rejected")
    if statistics.failedRequests > statistics.rejected {
      line.add("  ")
      line.add(Digits.grouped(Int(statistics.retries)))
      line.add(" retries, ")
      line.add(Digits.grouped(Int(statistics.pending)))
      line.add(" pending")
    }
    if let fraction, fraction > 0.01, elapsedMilliseconds > 1000 {
      line.add("  ")
      let seconds = Int(Double(elapsedMilliseconds) / 1000 * (1 - fraction) / fraction)
      line.add(seconds / 60)
      line.add(seconds % 60 < 10 ? ":0" : ":")
      line.add(seconds % 60)
      line.add(" left")
    }
    return line.text
  }

  private static func addBar(_ fraction: Double, to line: inout MessageBuilder) {
    let filled = Int(fraction * Double(barWidth))
    line.add("[")
    for column in 0..<barWidth { line.add(column < filled ? "=" : column == filled ? ">" : " ") }
    line.add("] ")
    let percent = Int(fraction * 100)
    if percent < 100 { line.add(percent < 10 ? "  " : " ") }
    line.add(percent)
    line.add(" %  ")
  }
}
