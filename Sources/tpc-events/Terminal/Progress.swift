// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Draws one line on a terminal that shows how far a run is, a few times a second. Does nothing where there is no terminal.
///
///     [=========>          ]  45 %  3,210/s  12,300 delivered  3 rejected  0:12 left
///
/// Where that is too long, the bar goes first; on a narrow terminal, the counts come before everything else. It never wraps.
final class Progress {
  private static let intervalMilliseconds = 200
  private static let barWidth = 20

  private let output = Output.error
  let isShown: Bool
  private let watch = Stopwatch()
  private var drawnAtMilliseconds = -intervalMilliseconds
  private var isDrawn = false

  init() { isShown = Style.allowsEscapes(on: 2) }

  /// Draws the line anew, unless it was drawn a moment ago. `fraction` is how much of the work is done, where that is known.
  func update(_ sent: () -> SentCounts, fraction: Double?) {
    guard isDue else { return }
    let sent = sent()
    draw(counts: Progress.counts(sent), done: sent.delivered + sent.rejected, fraction)
  }

  /// The same for work that sends nothing.
  func update(_ done: Int, _ what: StaticString, fraction: Double) {
    guard isDue else { return }
    var counts = MessageBuilder()
    counts.add(Digits.grouped(done))
    counts.add(" ")
    counts.add(what)
    draw(counts: counts.text, done: done, fraction)
  }

  private var isDue: Bool { isShown && watch.elapsedMilliseconds - drawnAtMilliseconds >= Progress.intervalMilliseconds }

  private func draw(counts: [UInt8], done: Int, _ fraction: Double?) {
    drawnAtMilliseconds = watch.elapsedMilliseconds
    // The last column stays free: some terminals wrap when it is written to.
    let columns = (Style.columns(of: output.descriptor) ?? 80) - 1
    output.put("\r\u{1B}[K")
    // The cursor goes back to the start of the line, so that whatever is written next replaces it.
    line(counts, done, fraction, columns).withUnsafeBufferPointer { output.put($0.part(0, columns)) }
    output.put("\r")
    output.flush()
    isDrawn = true
  }

  /// Tells something in the line's place.
  func say(_ message: [UInt8]) {
    clear()
    Output.error.say(message)
  }

  /// Removes the line, before other text is written or when the run ends.
  func clear() {
    guard isDrawn else { return }
    output.put("\r\u{1B}[K")
    output.flush()
    isDrawn = false
    drawnAtMilliseconds = -Progress.intervalMilliseconds
  }

  // MARK: The line

  private func line(_ counts: [UInt8], _ done: Int, _ fraction: Double?, _ columns: Int) -> [UInt8] {
    let rate = Digits.grouped(done * 1000 / max(1, watch.elapsedMilliseconds)) + [UInt8]("/s")
    let (percent, timeLeft) = (fraction.map { Progress.percent($0) } ?? [], fraction.map { self.timeLeft($0) } ?? [])
    if columns >= Progress.narrowColumns {
      let bar = fraction.map { Progress.bar($0) } ?? []
      let whole = Progress.joined([bar, rate, counts, timeLeft])
      if whole.count <= columns { return whole }
      let withoutBar = Progress.joined([percent, rate, counts, timeLeft])
      if withoutBar.count <= columns { return withoutBar }
    }
    return Progress.joined([counts, percent, timeLeft, rate])
  }

  private static let narrowColumns = 40

  private static func joined(_ parts: [[UInt8]]) -> [UInt8] {
    var line = MessageBuilder()
    for part in parts where !part.isEmpty {
      if !line.text.isEmpty { line.add("  ") }
      line.add(part)
    }
    return line.text
  }

  private static func counts(_ sent: SentCounts) -> [UInt8] {
    var line = MessageBuilder()
    line.add(Digits.grouped(sent.delivered))
    line.add(" delivered  ")
    line.add(Digits.grouped(sent.rejected))
    line.add(" rejected")
    if sent.expired > 0 {
      line.add("  ")
      line.add(Digits.grouped(sent.expired))
      line.add(" expired")
    }
    if sent.failed > sent.rejected {
      line.add("  ")
      line.add(Digits.grouped(sent.failed - sent.rejected))
      line.add(" failed requests, ")
      line.add(Digits.grouped(sent.pending))
      line.add(" pending")
    }
    return line.text
  }

  private func timeLeft(_ fraction: Double) -> [UInt8] {
    guard fraction > 0.01, watch.elapsedMilliseconds > 1000 else { return [] }
    var text = MessageBuilder()
    let seconds = Int(Double(watch.elapsedMilliseconds) / 1000 * (1 - fraction) / fraction)
    text.add(seconds / 60)
    text.add(seconds % 60 < 10 ? ":0" : ":")
    text.add(seconds % 60)
    text.add(" left")
    return text.text
  }

  private static func percent(_ fraction: Double) -> [UInt8] {
    let percent = Int(fraction * 100)
    return [UInt8](percent < 10 ? "  " : percent < 100 ? " " : "") + Digits.decimal(percent) + [UInt8](" %")
  }

  private static func bar(_ fraction: Double) -> [UInt8] {
    let filled = Int(fraction * Double(barWidth))
    var bar = MessageBuilder()
    bar.add("[")
    for column in 0..<barWidth { bar.add(column < filled ? "=" : column == filled ? ">" : " ") }
    bar.add("] ")
    bar.add(percent(fraction))
    return bar.text
  }
}
