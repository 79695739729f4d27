// SPDX-License-Identifier: Apache-2.0

/// Page visits by the hour, in bounded memory: a log of more hours than fit is counted by longer spans.
final class TimeSeries {
  /// The spans' numbers since 1970, in order, and what happened in each. A span without a visit is not among them.
  private(set) var spans: [Int] = []
  private(set) var tallies: [Tally] = []
  /// How many hours a span has.
  private(set) var hours = 1
  private var last = 0

  private static let limit = 16_384

  /// Counts a visit at an hour since 1970.
  func add(hour: Int, _ group: ReaderGroup) {
    let span = TimeSeries.divide(hour, hours)
    if last >= spans.count || spans[last] != span { find(span) }
    tallies[last][group] &+= 1
    if spans.count >= TimeSeries.limit { coarsen() }
  }

  /// Sets `last` to the span's index, and makes room for it if it is new.
  private func find(_ span: Int) {
    var (low, high) = (0, spans.count)
    while low < high {
      let middle = (low &+ high) / 2
      if spans[middle] < span { low = middle &+ 1 } else { high = middle }
    }
    last = low
    if low < spans.count, spans[low] == span { return }
    spans.insert(span, at: low)
    tallies.insert(Tally(), at: low)
  }

  private func coarsen() {
    let factor = hours == 1 ? 24 : 7
    hours &*= factor
    let (finer, counted) = (spans, tallies)
    spans = []
    tallies = []
    for (span, tally) in zip(finer, counted) {
      let coarse = TimeSeries.divide(span, factor)
      if spans.last != coarse {
        spans.append(coarse)
        tallies.append(Tally())
      }
      tallies[tallies.count &- 1].add(tally)
    }
    last = 0
  }

  /// Rounds down, also before 1970.
  static func divide(_ number: Int, _ divisor: Int) -> Int {
    let quotient = number / divisor
    return number % divisor < 0 ? quotient &- 1 : quotient
  }
}
