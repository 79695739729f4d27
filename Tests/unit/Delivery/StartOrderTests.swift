// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("StartOrder")
struct TurnsTests {
  @Test("While both wait, one request in twenty is a retry; alone, either has all")
  func shares() {
    var order = StartOrder()
    let both = (0..<100).map { _ in order.next(.well, hasFresh: true, hasDue: true) }
    #expect(both.count { $0 == .nextRetry } == 5 && both.count { $0 == .oldest } == 95)
    #expect((0..<20).allSatisfy { _ in order.next(.well, hasFresh: false, hasDue: true) == .nextRetry })
    #expect((0..<20).allSatisfy { _ in order.next(.well, hasFresh: true, hasDue: false) == .oldest })
    #expect(order.next(.well, hasFresh: false, hasDue: false) == .none)
  }

  @Test("After a failure new events are taken from both ends, and when most fail retries get every second request")
  func moods() {
    var order = StartOrder()
    #expect((0..<4).map { _ in order.next(.doubtful, hasFresh: true, hasDue: false) } == [.newest, .oldest, .newest, .oldest])
    let bad = (0..<100).map { _ in order.next(.bad, hasFresh: true, hasDue: true) }
    #expect(bad.count { $0 == .nextRetry } == 50)
  }

  @Test("Probes alternate between the newest event and the oldest retry, or between two retries")
  func probes() {
    var order = StartOrder()
    #expect((0..<4).map { _ in order.nextProbe(hasFresh: true, hasRetry: true) } == [.newest, .oldestRetry, .newest, .oldestRetry])
    #expect((0..<2).map { _ in order.nextProbe(hasFresh: false, hasRetry: true) } == [.nextRetry, .oldestRetry])
    #expect((0..<2).map { _ in order.nextProbe(hasFresh: true, hasRetry: false) } == [.newest, .newest])
    #expect(order.nextProbe(hasFresh: false, hasRetry: false) == .none)
  }
}
