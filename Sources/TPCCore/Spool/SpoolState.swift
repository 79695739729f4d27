// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The spool's decisions, as a value: which segment takes an event, when one is rewound, given up or removed, and when the disk is left
/// alone. It makes no system call; `Spool` carries out what it decides.
struct SpoolState: ~Copyable {
  /// Memory for as many segments as can be open: the system gives it a page when it is used.
  private var segments: UnsafeMutablePointer<OpenSegment>?
  /// How many entries were ever in use.
  private(set) var count = 0
  /// The segment that is written to.
  private(set) var current: UnsafeMutablePointer<OpenSegment>?
  private var lastSerial: UInt64 = 0
  /// Whether so many segments wait in memory that further events are only kept on disk.
  private var isCrowded = false
  /// How long the next failure suspends the spool.
  private var pauseMilliseconds: Int64 = firstPauseMilliseconds
  /// Whether a line says that the spool is suspended.
  private(set) var isSuspended = false

  /// A segment that is full and whose events wait in memory keeps its descriptor. With this many of them, further events are only kept
  /// on disk.
  private static let mostHeld = 24
  /// A segment that is drained is written from its start again, unless it is shorter than this.
  private static let rewindBytes = 128 << 10
  static let firstPauseMilliseconds: Int64 = 1_000
  static let longestPauseMilliseconds: Int64 = 60_000

  init() {}

  deinit { free(segments) }

  /// The open segment with that index; nil for a free entry.
  @inline(never)
  func segment(at index: Int) -> UnsafeMutablePointer<OpenSegment>? {
    guard let segments, index >= 0, index < count, segments[index].serial != 0 else { return nil }
    return segments + index
  }

  // MARK: Writing

  /// What comes before a record is written.
  enum Room {
    case here
    /// Begin a new round of this segment first.
    case rewind
    /// Open another segment first.
    case other
  }

  /// Where a record of this size goes.
  mutating func room(for size: Int) -> Room {
    guard let current else { return .other }
    let fits = current.pointee.end &+ size <= current.pointee.limit
    if current.pointee.isOwn && current.pointee.mayRewind && current.pointee.pending == 0
      && (!fits || current.pointee.end > SpoolState.rewindBytes)
    {
      return .rewind
    }
    if fits { return .here }
    seal()
    return .other
  }

  /// Adds a segment that was opened. Nil if there is no room for it.
  mutating func add(_ opened: OpenSegment) -> UnsafeMutablePointer<OpenSegment>? {
    if segments == nil {
      segments = calloc(SpoolPlace.segments, MemoryLayout<OpenSegment>.stride)?.assumingMemoryBound(to: OpenSegment.self)
    }
    guard let segments else { return nil }
    for index in 0..<SpoolPlace.segments where segments[index].serial == 0 {
      count = max(count, index &+ 1)
      segments[index] = opened
      segments[index].index = index
      segments[index].serial = nextSerial()
      return segments + index
    }
    return nil
  }

  private mutating func nextSerial() -> UInt64 {
    lastSerial &+= 1
    return lastSerial
  }

  /// Adds the segment that is written to from now on.
  mutating func begin(_ opened: OpenSegment) -> Bool {
    current = add(opened)
    countHeld()
    return current != nil
  }

  /// Counts the segments that wait in memory: with each new one and, since events end meanwhile, now and then.
  mutating func countHeld() { isCrowded = open { $0.held > 0 } > SpoolState.mostHeld }

  /// A new round of the current segment has begun.
  mutating func rewound(_ segment: UnsafeMutablePointer<OpenSegment>, salt: UInt64, limit: Int, _ time: SpoolTime) {
    segment.pointee.serial = nextSerial()
    segment.pointee.salt = salt
    segment.pointee.end = SegmentHeader.size
    segment.pointee.sequence = 0
    segment.pointee.synced = 0
    segment.pointee.limit = limit
    segment.pointee.start = time
  }

  /// A record was written at the end of the current segment. Returns its place, which is held until `letGo`.
  mutating func appended(_ size: Int) -> SpoolPlace {
    guard let current else { return .none }
    let isLeft = isCrowded || !current.pointee.isOwn
    let place = SpoolPlace(current.pointee, offset: current.pointee.end, isLeft: isLeft)
    current.pointee.end &+= size
    current.pointee.sequence &+= 1
    current.pointee.pending &+= 1
    current.pointee.held &+= 1
    return place
  }

  /// The call that wrote a record ends. If others send it, nothing of it is in memory then.
  @inline(__always)
  func letGo(_ place: SpoolPlace) {
    if place.isLeft, let segment = segment(of: place) { segment.pointee.held &-= 1 }
  }

  /// How many open segments have a property.
  func open(_ isCounted: (borrowing OpenSegment) -> Bool) -> Int {
    var open = 0
    for index in 0..<count {
      if let segment = segment(at: index), isCounted(segment.pointee) { open &+= 1 }
    }
    return open
  }

  /// The current segment is not written to any more.
  mutating func seal() { current = nil }

  /// Whether events lie in the current segment that this process does not send.
  var hasLeftEvents: Bool {
    guard let current else { return false }
    return current.pointee.isOwn && current.pointee.pending > current.pointee.held
  }

  // MARK: Events

  /// The open segment of a place; nil for one of a former round.
  func segment(of place: SpoolPlace) -> UnsafeMutablePointer<OpenSegment>? {
    guard let segment = segment(at: place.index), segment.pointee.serial == place.serial else { return nil }
    return segment
  }

  /// An event has ended or, if not, is left on disk.
  func end(_ place: SpoolPlace, isEnded: Bool) {
    guard let segment = segment(of: place) else { return }
    if !place.isLeft { segment.pointee.held &-= 1 }
    if isEnded { segment.pointee.pending &-= 1 }
  }

  // MARK: Giving up

  /// Takes out a segment that is written to no more and of which nothing is in memory: to be removed if nothing in it is pending, or
  /// else to be left to whoever takes it over. Nil if there is none.
  mutating func takeFinished() -> OpenSegment? {
    for index in 0..<count {
      if let segment = segment(at: index), segment != current, segment.pointee.held == 0, !segment.pointee.isFollowed {
        return takeOut(segment)
      }
    }
    return nil
  }

  /// Takes out a segment whatever is in it.
  mutating func takeOut(_ segment: UnsafeMutablePointer<OpenSegment>) -> OpenSegment {
    if segment == current { current = nil }
    let taken = segment.pointee
    segment.pointee.serial = 0
    return taken
  }

  // MARK: Failures

  /// What is said where the system has a number for the reason.
  static let fails: StaticString = "fails"

  /// The disk failed, is full or slow. Returns for how long to leave it alone, and whether this is to be logged.
  mutating func suspend(forMilliseconds given: Int64? = nil) -> (pause: Int64, isFirst: Bool) {
    let pause = given ?? pauseMilliseconds
    pauseMilliseconds = min(SpoolState.longestPauseMilliseconds, pauseMilliseconds &* 2)
    defer { isSuspended = true }
    return (pause, !isSuspended)
  }

  /// The disk took an event. Returns whether that is to be logged.
  mutating func resume() -> Bool {
    pauseMilliseconds = SpoolState.firstPauseMilliseconds
    defer { isSuspended = false }
    return isSuspended
  }

  /// The bytes of the segments that are open.
  var bytes: Int {
    var sum = 0
    for index in 0..<count { sum &+= segment(at: index)?.pointee.end ?? 0 }
    return sum
  }
}
