// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("ProcessLife")
struct ProcessLifeTests {
  @Test("Calls come in while a client is open, and a closed one is free when the last has left")
  func calls() throws {
    let opened = ClientWord(0).opened(1)
    #expect(opened.isOpen && opened.generation == 1 && opened.calls(1) == 0)
    let two = try #require(opened.entered(1)?.entered(1))
    #expect(two.calls(1) == 2 && two.generation == 1)
    let closed = two.closed()
    #expect(closed.entered(1) == nil && !closed.isFree(1))
    let one = try #require(closed.left(1))
    #expect(!one.isFree(1))
    let none = try #require(one.left(1))
    #expect(none.isFree(1) && none.left(1) == nil)
    #expect(none.opened(1).generation == 2)
    // A released client's sender holds it for as long as it delivers.
    let held = try #require(opened.entered(1)?.closed(adding: 1).left(1))
    #expect(held.entered(1) == nil && held.calls(1) == 1 && held.left(1)?.isFree(1) == true)
  }

  @Test("In a child the calls of its parent's threads count for nothing")
  func callsOfTheParent() throws {
    let parents = try #require(ClientWord(0).opened(7).entered(7)?.entered(7))
    #expect(parents.calls(8) == 0 && parents.left(8) == nil)
    #expect(parents.closed().isFree(8) && !parents.closed().isFree(7))
    let childs = try #require(parents.entered(8))
    #expect(childs.calls(8) == 1 && childs.generation == parents.generation && childs.isOpen)
    // A call that was interrupted by the fork goes on in the child and ends there, too.
    #expect(childs.left(7) == nil)
  }

  @Test("The generation of a client survives every other change of its state")
  func generations() throws {
    var word = ClientWord(0)
    for generation in 1...100 as ClosedRange<UInt64> {
      word = word.opened(UInt32(generation) &* 37)
      #expect(word.generation == generation)
      word = try #require(word.entered(3)?.closed().left(3))
    }
  }

  @Test("The gate counts the threads of one process")
  func gate() {
    let one = GateWord(0).entered(in: 1)
    #expect(one.count(in: 1) == 1 && one.count(in: 2) == 0)
    #expect(one.entered(in: 1).count(in: 1) == 2)
    #expect(one.left(in: 1).count(in: 1) == 0)
    #expect(one.entered(in: 2).count(in: 2) == 1)
    #expect(one.left(in: 2) == one && one.left(in: 1).left(in: 1).count(in: 1) == 0)
  }

  @Test("A wait looks at least once, and ends with its condition or its time")
  func waits() {
    var looks = 0
    #expect(!BoundedWait.wait(until: 0) { looks += 1; return false } && looks == 1)
    #expect(BoundedWait.wait(until: 0) { true })
    #expect(BoundedWait.wait(until: .max) { looks += 1; return looks == 4 } && looks == 4)
  }

  @Test("A lock that another thread keeps is not waited for beyond the time")
  func locks() {
    let lock = ForkSafeLock()
    let wasFree = lock.lock(until: 0)
    let wasFreeStill = lock.lock(until: 0)
    lock.unlock()
    let isFreeAgain = lock.lock(until: 0)
    #expect(wasFree && !wasFreeStill && isFreeAgain)
    let mutex = Mutex()
    mutex.lock()
    #expect(!mutex.lock(until: 0) && !mutex.lock(until: 0, atLeastMilliseconds: 1))
    mutex.unlock()
    #expect(mutex.lock(until: 0))
    mutex.unlock()
  }
}
