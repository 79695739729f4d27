// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("DeliveryLife")
struct DeliveryLifeTests {
  /// A life that has reached this state.
  private func life(_ steps: (inout DeliveryLife) -> Void...) -> DeliveryLife {
    var life = DeliveryLife()
    for step in steps { step(&life) }
    return life
  }

  private let start: (inout DeliveryLife) -> Void = { $0.start() }
  private let close: (inout DeliveryLife) -> Void = { _ = $0.close(until: 1000) }
  private let stop: (inout DeliveryLife) -> Void = { $0.stop() }
  private let settle: (inout DeliveryLife) -> Void = { $0.settle() }
  private let end: (inout DeliveryLife) -> Void = { $0.end() }

  @Test("It takes events until it is closed, and never again")
  func open() {
    #expect(life().isOpen && life().isIdle)
    #expect(life(start).isOpen && !life(start).isIdle)
    for closed in [life(close), life(start, close), life(start, close, stop), life(start, close, settle), life(start, close, end)] {
      #expect(!closed.isOpen)
      var again = closed
      again.start()
      #expect(again.stage == closed.stage)
    }
  }

  @Test("Closed without a sender, it has ended and what is pending is given up")
  func neverStarted() {
    var life = DeliveryLife()
    #expect(life.close(until: 1000) == .abandon)
    #expect(life.hasEnded && life.isSettled && !life.isDelivering)
  }

  @Test("The sender delivers until all is answered for, or the time of the close has come")
  func senderTurns() {
    var life = life(start)
    #expect(life.turn(pending: 0, now: 5000) == .deliver(until: .max))
    #expect(life.close(until: 1000) == .deliver)
    #expect(life.turn(pending: 1, now: 999) == .deliver(until: 1000))
    #expect(life.turn(pending: 1, now: 1000) == .drop)
    #expect(life.turn(pending: 0, now: 0) == .drop)
  }

  @Test("When nobody waits any more, the sender drops what is left before the time has come")
  func stopped() {
    var life = life(start, close)
    #expect(life.isDelivering)
    life.stop()
    #expect(!life.isDelivering && !life.isSettled && life.turn(pending: 1, now: 0) == .drop)
  }

  @Test("A second close ends the first one's wait and begins none")
  func closedTwice() {
    var life = life(start, close)
    #expect(life.close(until: 9000) == .stop)
    #expect(life.stage == .closing(until: 1000))
    var ended = self.life(start, close, settle, end)
    #expect(ended.close(until: 9000) == .stop && ended.hasEnded)
  }

  @Test("Released, the sender delivers until all is answered for, however late, and a close after all gives it a time")
  func released() {
    var life = life(start)
    #expect(life.close(until: .max) == .deliver && !life.isOpen && life.isDelivering)
    #expect(life.turn(pending: 1, now: .max - 1) == .deliver(until: .max))
    #expect(life.turn(pending: 0, now: 0) == .drop)
    #expect(life.close(until: 1000) == .deliver)
    #expect(life.turn(pending: 1, now: 1000) == .drop)
  }

  @Test("The sender settles before it ends, whether close still waits or not")
  func senderEnds() {
    for life in [life(start, close, settle), life(start, close, stop, settle)] {
      #expect(life.isSettled && !life.hasEnded && !life.isDelivering)
      var later = life
      later.stop()
      #expect(later.stage == .settled)
      later.end()
      later.settle()
      later.stop()
      #expect(later.stage == .ended)
    }
  }
}
