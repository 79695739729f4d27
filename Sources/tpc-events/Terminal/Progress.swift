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
  let isShown: Bool
  private let watch = Stopwatch()
  private var drawnAtMilliseconds = -intervalMilliseconds
  private var isDrawn = false

  init() { isShown = isatty(2) != 0 }

  /// Draws the line anew, unless it was drawn a moment ago. `fraction` is how much of the work is done, where that is known.
  func update(_ sent: () -> SentCounts, fraction: Double?) {
    guard isDue else { return }
    draw(line(sent(), fraction))
  }

  /// The same for work that sends nothing.
  func update(_ done: Int, _ what: StaticString, fraction: Double) {
    guard isDue else { return }
    var line = start(done, fraction)
    line.add(Digits.grouped(done))
    line.add(" ")
    line.add(what)
    addTimeLeft(fraction, to: &line)
    draw(line.text)
  }

  private var isDue: Bool { isShown && watch.elapsedMilliseconds - drawnAtMilliseconds >= Progress.intervalMilliseconds }

  private func draw(_ line: [UInt8]) {
    drawnAtMilliseconds = watch.elapsedMilliseconds
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

  private func line(_ sent: SentCounts, _ fraction: Double?) -> [UInt8] {
    var line = start(sent.delivered + sent.rejected, fraction)
    line.add(Digits.grouped(sent.delivered))
    line.add(" delivered  ")
    line.add(Digits.grouped(sent.rejected))
    line.add(" rejected")
    if sent.failed > sent.rejected {
      line.add("  ")
      line.add(Digits.grouped(sent.retries))
      line.add(" retries, ")
      line.add(Digits.grouped(sent.pending))
      line.add(" pending")
    }
    if let fraction { addTimeLeft(fraction, to: &line) }
    return line.text
  }

  /// The bar and the rate.
  private func start(_ done: Int, _ fraction: Double?) -> MessageBuilder {
    var line = MessageBuilder()
    if let fraction { Progress.addBar(fraction, to: &line) }
    line.add(Digits.grouped(done * 1000 / max(1, watch.elapsedMilliseconds)))
    line.add("/s  ")
    return line
  }

  private func addTimeLeft(_ fraction: Double, to line: inout MessageBuilder) {
    guard fraction > 0.01, watch.elapsedMilliseconds > 1000 else { return }
    line.add("  ")
    let seconds = Int(Double(watch.elapsedMilliseconds) / 1000 * (1 - fraction) / fraction)
    line.add(seconds / 60)
    line.add(seconds % 60 < 10 ? ":0" : ":")
    line.add(seconds % 60)
    line.add(" left")
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
