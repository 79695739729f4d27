// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("The spool's decisions")
struct SpoolStateTests {
  private let time = SpoolTime(wallMilliseconds: 5, bootMilliseconds: 6, bootTag: 7)

  /// A state that writes to a segment with this limit.
  private func state(limit: Int = 1000, isOwn: Bool = true) -> SpoolState {
    var state = SpoolState()
    _ = state.begin(openSegment(limit: limit, isOwn: isOwn))
    return state
  }

  // MARK: Room

  @Test("A record goes into the current segment as long as it fits to the byte, and there is none without a segment")
  func fits() {
    var empty = SpoolState()
    let withoutSegment = empty.room(for: 8)
    var state = state()
    let exactly = state.room(for: 1000 - SegmentHeader.size)
    #expect(withoutSegment == .other && exactly == .here)
  }

  @Test("A full segment in which something is pending is written to no more, and another is opened")
  func sealed() {
    var state = state()
    _ = state.appended(800)
    let room = state.room(for: 200)
    let hasCurrent = state.current != nil
    #expect(room == .other && !hasCurrent)
    // Nor for a record that would fit.
    let next = state.room(for: 8)
    #expect(next == .other)
  }

  @Test("A full segment is begun anew once nothing in it is pending")
  func rewinds() {
    var state = state()
    let places = [state.appended(400), state.appended(400)]
    for place in places { state.end(place, isEnded: true) }
    let room = state.room(for: 200)
    #expect(room == .rewind)
  }

  @Test("A drained segment is begun anew only beyond 128 KiB, so that a calm process does not begin a round for each event")
  func rewindsLate() {
    var state = state(limit: SpoolPlace.segmentBytes)
    var rooms: [SpoolState.Room] = []
    for _ in 0..<3 {
      let place = state.appended(64 << 10)
      state.end(place, isEnded: true)
      rooms.append(state.room(for: 8))
    }
    #expect(rooms == [.here, .rewind, .rewind])
  }

  @Test("A segment is not begun anew when an end is still to be noted in it: the next record goes to another one")
  func lateEnds() {
    var state = state()
    let place = state.appended(900)
    state.current?.pointee.mayRewind = false
    state.end(place, isEnded: true)
    let room = state.room(for: 200)
    #expect(room == .other)
  }

  @Test("A segment that another process sends from is never begun anew, however much of it has ended")
  func othersStay() {
    var state = state(isOwn: false)
    let place = state.appended(900)
    state.end(place, isEnded: true)
    let room = state.room(for: 200)
    #expect(room == .other)
  }

  @Test("An event that was left on disk keeps its segment from being begun anew")
  func leftStays() {
    var state = state()
    let place = state.appended(900)
    state.end(place, isEnded: false)
    let room = state.room(for: 200)
    #expect(room == .other)
  }

  // MARK: Rounds

  @Test("A place of a former round matches nothing, and its end changes nothing")
  func rounds() {
    var state = state()
    let old = state.appended(900)
    state.end(old, isEnded: true)
    guard let segment = state.current else { return fail("no segment") }
    state.rewound(segment, salt: 9, limit: 2000, time)
    let isFound = state.segment(of: old) != nil
    #expect(!isFound)
    #expect(segment.pointee.salt == 9 && segment.pointee.limit == 2000 && segment.pointee.start.bootTag == 7)
    #expect(segment.pointee.end == SegmentHeader.size && segment.pointee.sequence == 0 && segment.pointee.synced == 0)
    let new = state.appended(100)
    state.end(old, isEnded: true)
    let isCurrent = state.segment(of: new) == segment
    #expect(isCurrent && segment.pointee.pending == 1 && segment.pointee.held == 1)
  }

  @Test("A place in a segment that was taken out does not match the one that has its entry now")
  func entries() {
    var state = state()
    let old = state.appended(100)
    if let segment = state.segment(of: old) { _ = state.takeOut(segment) }
    _ = state.begin(openSegment(slot: 3))
    let new = state.appended(100)
    let isFound = state.segment(of: old) != nil
    #expect(old.index == new.index && old.offset == new.offset && old.serial != new.serial && !isFound)
  }

  @Test("Records follow one another, and are numbered")
  func places() {
    var state = state()
    let places = [state.appended(40), state.appended(104), state.appended(40)]
    #expect(places.map(\.offset) == [64, 104, 208])
    guard let segment = state.current else { return fail("no segment") }
    #expect(segment.pointee.sequence == 3 && segment.pointee.end == 248)
    let bytes = state.bytes
    #expect(bytes == 248)
  }

  // MARK: Events that stay on disk

  @Test("Beyond 25 segments with events in memory further ones are left on disk, until one of those is free again")
  func held() {
    var state = SpoolState()
    var places: [SpoolPlace] = []
    for slot in 0..<26 {
      _ = state.begin(openSegment(slot: slot))
      state.countHeld()
      places.append(state.appended(100))
    }
    #expect(places.prefix(25).allSatisfy { !$0.isLeft } && places[25].isLeft)
    for place in places { state.letGo(place) }
    let hasLeft = state.hasLeftEvents
    #expect(hasLeft)
    state.end(places[0], isEnded: true)
    state.countHeld()
    let next = state.appended(100)
    #expect(!next.isLeft)
  }

  @Test("Every event is left where another process sends, and such a segment is none that this one would let go of for them")
  func othersEvents() {
    var state = state(isOwn: false)
    let place = state.appended(100)
    let hasLeft = state.hasLeftEvents
    #expect(place.isLeft && !hasLeft)
  }

  @Test("An event that finds no room in memory is left; one that has ended is not")
  func left() {
    var state = state()
    let places = [state.appended(100), state.appended(100)]
    state.end(places[0], isEnded: true)
    let before = state.hasLeftEvents
    state.end(places[1], isEnded: false)
    let after = state.hasLeftEvents
    #expect(!before && after)
    state.seal()
    let without = state.hasLeftEvents
    #expect(!without)
  }

  // MARK: Giving up

  @Test("A segment is finished when it is written to no more and nothing of it is in memory; each is taken out once")
  func finished() {
    var state = state()
    let place = state.appended(100)
    let whileCurrent = state.takeFinished()?.slot
    state.seal()
    let whileHeld = state.takeFinished()?.slot
    state.end(place, isEnded: false)
    let finished = state.takeFinished()
    let again = state.takeFinished()?.slot
    #expect(whileCurrent == nil && whileHeld == nil && again == nil)
    // What is pending in it is for others.
    #expect(finished?.pending == 1 && finished?.isDrained == false)
  }

  @Test("A segment is held for the call that wrote an event which others send, and no longer, whether the event ends or not")
  func letGo() {
    for endsFirst in [false, true] {
      var state = state(isOwn: false)
      let place = state.appended(100)
      state.seal()
      let whileCalled = state.takeFinished()?.slot
      if endsFirst { state.end(place, isEnded: true) }
      state.letGo(place)
      if !endsFirst { state.end(place, isEnded: true) }
      let finished = state.takeFinished()
      #expect(whileCalled == nil && finished?.held == 0 && finished?.pending == 0)
    }
  }

  @Test("A finished segment of which everything ended is to be removed")
  func drained() {
    var state = state()
    let place = state.appended(100)
    state.seal()
    state.end(place, isEnded: true)
    let finished = state.takeFinished()
    #expect(finished?.isDrained == true)
  }

  @Test("A segment that is followed is not given up with those of this process")
  func followed() {
    var state = SpoolState()
    var segment = openSegment()
    segment.isFollowed = true
    _ = state.add(segment)
    let finished = state.takeFinished()?.slot
    #expect(finished == nil)
  }

  @Test("A followed segment may be removed once its writer is gone and it was read, and a writer's only by whoever sends from it")
  func mayBeRemoved() {
    var segment = openSegment()
    #expect(segment.isDrained)
    segment.isFollowed = true
    #expect(!segment.isDrained)
    segment.isOrphan = true
    #expect(!segment.isDrained)
    segment.isRead = true
    #expect(segment.isDrained)
    segment.pending = 1
    #expect(!segment.isDrained)
    #expect(!openSegment(isOwn: false).isDrained)
  }

  @Test("As many segments are open as places can name, and no more")
  func bounded() {
    var state = SpoolState()
    var added = 0
    while state.add(openSegment(slot: added)) != nil, added < 2000 { added += 1 }
    #expect(added == SpoolPlace.segments)
    let isBegun = state.begin(openSegment())
    #expect(!isBegun)
    if let segment = state.segment(at: 17) { _ = state.takeOut(segment) }
    let free = state.add(openSegment())?.pointee.index
    #expect(free == 17)
  }

  // MARK: Failures

  @Test("Each failure leaves the disk alone for twice as long, a minute at most, and is said once")
  func suspension() {
    var state = SpoolState()
    var pauses: [Int64] = []
    var said = 0
    for _ in 0..<9 {
      let (pause, isFirst) = state.suspend()
      pauses.append(pause)
      if isFirst { said += 1 }
    }
    #expect(pauses == [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000] && said == 1)
    let (ends, endsAgain) = (state.resume(), state.resume())
    #expect(ends && !endsAgain)
    let next = state.suspend()
    #expect(next.pause == 1000 && next.isFirst)
  }

  @Test("A pause of a given length is as long as given")
  func slow() {
    var state = SpoolState()
    let given = state.suspend(forMilliseconds: 10_000)
    #expect(given.pause == 10_000 && given.isFirst)
  }
}
