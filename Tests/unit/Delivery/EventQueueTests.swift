// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Event queue")
struct EventQueueTests {
  @Test("New events come out in the order in which they went in, over many turns of a growing ring")
  func ring() {
    var queue = EventQueue()
    var random = Random(seed: 1)
    var put: UInt64 = 0
    var taken: UInt64 = 0
    for round in 0..<400 {
      // The queue grows and shrinks in turn, so that the ring is full at every offset once.
      for _ in 0..<Int.random(in: 0...(round % 40 < 25 ? 30 : 5), using: &random) {
        let had = queue.append(queuedEvent(put))
        #expect(had)
        put += 1
      }
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        guard let event = queue.takeFresh() else { break }
        #expect(event.sequence == taken)
        #expect(string(event.escapedID) == "event-\(taken)")
        taken += 1
      }
      let (count, oldest) = (queue.freshCount, queue.oldestFresh?.sequence)
      #expect(count == Int(put - taken))
      #expect(oldest == (put == taken ? nil : taken))
    }
    #expect(put > 2000 && taken > 1000)
  }

  @Test("Failed events come out by the time of their next attempt")
  func heap() {
    var queue = EventQueue()
    var random = Random(seed: 2)
    let times = (0..<500).map { _ in Int64.random(in: 0..<100, using: &random) }
    let reserved = queue.reserveRetries(times.count)
    #expect(reserved)
    for (sequence, time) in times.enumerated() {
      let kept = queue.retry(queuedEvent(UInt64(sequence), notBefore: time))
      #expect(kept)
    }
    var taken: [Int64] = []
    while let event = queue.takeRetry() {
      taken.append(event.notBefore)
    }
    #expect(taken == times.sorted())
  }

  @Test("An event that waits for its retry is not among the new ones, and both count")
  func counts() {
    var queue = EventQueue()
    _ = queue.append(queuedEvent(0))
    _ = queue.append(queuedEvent(1))
    _ = queue.retry(queuedEvent(2, notBefore: 9))
    let (count, fresh, next) = (queue.count, queue.freshCount, queue.nextRetry)
    #expect(count == 3 && fresh == 2 && next == 9)
  }

  @Test("A flush makes all that waits due at once, and not what fails after it")
  func hurry() {
    var queue = EventQueue()
    for (sequence, time) in [(0, 50), (1, 500), (2, 300), (3, 90), (4, 700)] as [(UInt64, Int64)] {
      _ = queue.retry(queuedEvent(sequence, notBefore: time))
    }
    queue.hurry()
    _ = queue.retry(queuedEvent(5, notBefore: 10))
    _ = queue.retry(queuedEvent(6, notBefore: 5))
    var taken: Set<UInt64> = []
    for _ in 0..<5 {
      let due = queue.nextRetry
      #expect(due == Int64.min)
      if let event = queue.takeRetry() { taken.insert(event.sequence) }
    }
    #expect(taken == [0, 1, 2, 3, 4])
    let last = [queue.takeRetry()?.sequence, queue.takeRetry()?.sequence, queue.takeRetry()?.sequence]
    #expect(last == [6, 5, nil])
  }

  @Test("The newest comes out first where it is asked for, and the others keep their order")
  func newest() {
    var queue = EventQueue()
    for sequence in 0..<200 as Range<UInt64> { _ = queue.append(queuedEvent(sequence)) }
    var taken: [UInt64?] = []
    for _ in 0..<3 {
      taken.append(queue.takeNewestFresh()?.sequence)
      taken.append(queue.takeFresh()?.sequence)
    }
    #expect(taken == [199, 0, 198, 1, 197, 2])
    _ = queue.append(queuedEvent(200))
    let (newest, count) = (queue.takeNewestFresh()?.sequence, queue.freshCount)
    #expect(newest == 200 && count == 194)
    while queue.takeFresh() != nil {}
    let none = queue.takeNewestFresh()
    #expect(none == nil)
  }

  /// What the queue should do, written as plainly as possible.
  private struct Model {
    var fresh: [QueuedEvent] = []
    var retries: [QueuedEvent] = []

    mutating func removeRetry(_ sequence: UInt64) -> QueuedEvent? {
      retries.firstIndex { $0.sequence == sequence }.map { retries.remove(at: $0) }
    }
  }

  @Test("It does what a plain list does, over thousands of random operations", arguments: [3, 4, 5, 6] as [UInt64])
  func model(seed: UInt64) {
    var queue = EventQueue()
    var model = Model()
    var random = Random(seed: seed)
    var accepted: UInt64 = 0
    var now: Int64 = 0
    for _ in 0..<3000 {
      now += Int64.random(in: 0...5, using: &random)
      switch Int.random(in: 0..<14, using: &random) {
      case 0...4:
        let event = queuedEvent(accepted, expiresAt: now)
        accepted += 1
        let had = queue.append(event)
        #expect(had)
        model.fresh.append(event)
      case 5...8:
        // Out of the new ones and back, as after a failed request.
        let isNewest = Bool.random(using: &random)
        guard var event = isNewest ? queue.takeNewestFresh() : queue.takeFresh() else { continue }
        #expect(event.sequence == (isNewest ? model.fresh.removeLast() : model.fresh.removeFirst()).sequence)
        event.notBefore = now + Int64.random(in: 0...100, using: &random)
        let kept = queue.reserveRetries(1) && queue.retry(event)
        #expect(kept)
        model.retries.append(event)
      case 9, 10:
        let event = queue.takeRetry()
        guard let event else { continue }
        let removed = model.removeRetry(event.sequence)
        #expect(removed.map { $0.notBefore <= model.retries.map(\.notBefore).min() ?? Int64.max } == true)
      case 11, 12:
        let limit = now - Int64.random(in: 0...200, using: &random)
        while let oldest = queue.nextRetryExpiry, oldest <= limit, let event = queue.takeOldestRetry() {
          #expect(event.expiresAt == oldest)
          #expect(model.removeRetry(event.sequence) != nil)
        }
        #expect(model.retries.allSatisfy { $0.expiresAt > limit })
      default:
        queue.hurry()
        for index in model.retries.indices { model.retries[index].notBefore = Int64.min }
      }
      let (count, oldest, next) = (queue.count, queue.nextRetryExpiry, queue.nextRetry)
      #expect(count == model.fresh.count + model.retries.count)
      #expect(oldest == model.retries.map(\.expiresAt).min())
      #expect(next == model.retries.map(\.notBefore).min())
    }
  }
}
