// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import TPCCore

/// One line on a terminal that says how far a run is, drawn again a few times a second. Without a terminal it does nothing.
///
///     [=========>          ]  45 %  3,210/s  12,300 delivered  3 rejected  7 retries  0:12 left
final class Progress {
  private static let interval = 200
  private static let barWidth = 20

  private let output = Output.error
  private let isShown: Bool
  private let watch = Stopwatch()
  private var drawnAt = -interval
  private var isDrawn = false

  init() { isShown = isatty(2) != 0 }

  /// `fraction` of the work that is done, where that is known.
  func update(_ statistics: () -> Statistics, fraction: Double?) {
    guard isShown, watch.milliseconds - drawnAt >= Progress.interval else { return }
    drawnAt = watch.milliseconds
    let line = line(statistics(), fraction)
    let terminal = Int(tpc_posix_terminal_columns(2))
    let columns = terminal == 0 ? 80 : max(20, terminal)
    output.put("\r\u{1B}[K")
    // The cursor goes back to the line's start, so that what others write there covers it.
    line.withUnsafeBufferPointer { output.put($0.part(0, columns - 1)) }
    output.put("\r")
    output.flush()
    isDrawn = true
  }

  /// Takes the line away, for other text or the end.
  func clear() {
    guard isDrawn else { return }
    output.put("\r\u{1B}[K")
    output.flush()
    isDrawn = false
    drawnAt = -Progress.interval
  }

  private func line(_ statistics: Statistics, _ fraction: Double?) -> [UInt8] {
    var line = MessageBuilder()
    if let fraction {
      Progress.addBar(fraction, to: &line)
    }
    let done = Int(statistics.delivered + statistics.rejected)
    let elapsed = max(1, watch.milliseconds)
    line.add(Digits.grouped(done * 1000 / elapsed))
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
    if let fraction, fraction > 0.01, elapsed > 1000 {
      line.add("  ")
      let seconds = Int(Double(elapsed) / 1000 * (1 - fraction) / fraction)
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
