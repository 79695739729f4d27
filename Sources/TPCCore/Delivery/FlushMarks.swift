// SPDX-License-Identifier: Apache-2.0

/// The waiting flushes, each for the events that were accepted before it. Each counts down as its events end, so nobody
/// has to count what is pending.
struct FlushMarks: ~Copyable {
  private struct Mark: BitwiseCopyable {
    let number: UInt64
    /// The flush waits for events with a lower sequence number.
    let sequence: UInt64
    var pending: Int
  }

  private var marks = GrowableArray<Mark>()
  private var nextNumber: UInt64 = 0

  init() {}

  var count: Int { marks.count }

  /// A flush begins, with `pending` events. Returns its number; nil when memory ran out.
  mutating func add(sequence: UInt64, pending: Int) -> UInt64? {
    guard marks.append(Mark(number: nextNumber, sequence: sequence, pending: pending)) else { return nil }
    nextNumber += 1
    return nextNumber - 1
  }

  /// An event has ended.
  @inline(__always)
  mutating func end(_ sequence: UInt64) {
    for index in 0..<marks.count {
      marks.withElement(index) { if sequence < $0.sequence { $0.pending -= 1 } }
    }
  }

  /// How many events a flush still waits for.
  func pending(of number: UInt64) -> Int {
    for mark in marks.elements where mark.number == number { return mark.pending }
    return 0
  }

  /// Whether any flush has nothing more to wait for.
  var hasSatisfied: Bool { marks.elements.contains { $0.pending == 0 } }

  /// A flush has ended.
  mutating func remove(_ number: UInt64) {
    for index in 0..<marks.count where marks[index]?.number == number {
      guard let last = marks.removeLast() else { return }
      marks.replace(index, with: last)
      return
    }
  }
}
