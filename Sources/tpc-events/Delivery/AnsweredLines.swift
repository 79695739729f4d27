// SPDX-License-Identifier: Apache-2.0

/// Which lines are answered for. Lines are begun in increasing order of their numbers and answered in any order. A line that is
/// begun waits for whoever reads it, and for each event that it became; it is answered when it waits for nothing more. What was
/// answered through `answeredThrough` need not be read again.
struct AnsweredLines {
  private struct Line {
    let number: Int
    /// For how many things the line waits.
    var waiting = 1
  }

  /// In increasing order of their numbers. Neither the first one, at `start`, nor the last one is answered, so that lines which
  /// are answered at once take no room.
  private var lines: [Line] = []
  private var start = 0
  private var last: Int

  /// Every line up to this number counts as answered.
  init(after number: Int = 0) { last = number }

  /// Every line up to this one is answered.
  var answeredThrough: Int { start < lines.count ? lines[start].number - 1 : last }

  /// The number of lines between the first one that is not answered and the last one that is not: what is kept.
  var kept: Int { lines.count - start }

  /// Begins a line, which waits for one answer. Its number is larger than all before; numbers that are left out count as answered.
  mutating func begin(_ number: Int) {
    last = number
    lines.append(Line(number: number))
  }

  /// Lets a line that is not answered yet wait for one more answer.
  mutating func hold(_ number: Int) {
    if let index = index(of: number) { lines[index].waiting += 1 }
  }

  /// Counts one of the answers that a line waits for.
  mutating func answer(_ number: Int) {
    guard let index = index(of: number), lines[index].waiting > 0 else { return }
    lines[index].waiting -= 1
    if lines[index].waiting == 0 { removeAnswered() }
  }

  private func index(of number: Int) -> Int? {
    var (low, high) = (start, lines.count)
    // Most answers are to the line that was begun last.
    if low < high, lines[high - 1].number == number { return high - 1 }
    while low < high {
      let middle = low + (high - low) / 2
      if lines[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < lines.count && lines[low].number == number ? low : nil
  }

  /// Lets go of the answered lines at either end.
  private mutating func removeAnswered() {
    while let line = lines.last, lines.count > start, line.waiting == 0 { lines.removeLast() }
    while start < lines.count, lines[start].waiting == 0 { start += 1 }
    if start == lines.count {
      lines.removeAll(keepingCapacity: true)
      start = 0
    } else if start >= 1024, start * 2 >= lines.count {
      lines.removeFirst(start)
      start = 0
    }
  }
}
