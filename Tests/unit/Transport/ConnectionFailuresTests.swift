// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Connection failures")
struct ConnectionFailuresTests {
  @Test("A connection that fails four times in a row is given up, and its number starts afresh")
  func fourInARow() {
    var failures = ConnectionFailures()
    for _ in 0..<3 {
      let verdicts = (0..<4).map { _ in failures.note(40_001, isFailure: true) }
      #expect(verdicts == [false, false, false, true])
    }
  }

  @Test("An answer in between starts the count again, and each connection has its own")
  func apart() {
    var failures = ConnectionFailures()
    for round in 0..<100 {
      var verdicts = [failures.note(1, isFailure: round % 4 != 3), failures.note(2, isFailure: round % 2 == 0)]
      verdicts.append(failures.note(3, isFailure: false))
      #expect(verdicts == [false, false, false])
    }
  }

  @Test("Thousands of connections that fail once take no more memory than a few")
  func bounded() {
    var failures = ConnectionFailures()
    for port in 1...5000 { _ = failures.note(port, isFailure: true) }
    let verdicts = (0..<3).map { _ in failures.note(5000, isFailure: true) }
    #expect(verdicts == [false, false, true])
  }
}
