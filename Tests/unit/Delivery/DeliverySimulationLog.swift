// SPDX-License-Identifier: Apache-2.0

/// What happened in a simulated life, and what broke.
struct SimulationLog {
  /// What broke, in words; the first one is what matters.
  private(set) var violations: [String] = []
  /// The last things that happened, for whoever has to find out why; all of them when `isComplete`.
  private(set) var trace: [String] = []
  /// A hash of all that happened.
  private(set) var fingerprint: UInt64 = 0
  var isComplete = false

  mutating func note(_ now: Int64, _ what: String) {
    let line = "\(now) \(what)"
    fingerprint = line.utf8.reduce(fingerprint) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    trace.append(line)
    if !isComplete, trace.count > 60 { trace.removeFirst(30) }
  }

  mutating func expect(_ holds: Bool, _ now: Int64, _ what: @autoclosure () -> String) {
    if !holds { violations.append("at \(now): \(what())") }
  }
}
