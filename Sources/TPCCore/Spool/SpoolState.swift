// SPDX-License-Identifier: Apache-2.0

/// A segment that this process has open.
struct OpenSegment: BitwiseCopyable {
  /// 0 in a free entry.
  var serial: UInt64 = 0
  let slot: Int
  let descriptor: Int32
  var salt: UInt64
  /// Where the next record goes, or is looked for.
  var end = SegmentHeader.size
  var sequence: UInt32 = 0
  /// The size to which it may grow.
  var limit = SpoolPlace.segmentBytes
  /// The records that have not ended, as far as this process knows.
  var pending = 0
  /// Those of them that this process sends.
  var held = 0
  /// Whether this process sends what is in it: it has the sender's lock, too.
  var isOwn = true
  /// Whether it was written by another process, whose events this one takes over.
  var isFollowed = false
  /// For a followed one: whether its writer is gone, and its lock this process's.
  var isOrphan = false
  var isRead = false
  /// Whether its header counts this process's attempt: see `SegmentHeader.tries`.
  var countsTry = false
  /// Up to where it is on the disk itself, for a power loss; and whether the disk failed there.
  var synced = 0
  var hasFailedSync = false
  /// The clocks at the start of the round, by which the age of its records is reckoned.
  var start = SpoolTime(wallMilliseconds: 0, bootMilliseconds: 0, bootTag: 0)

  /// Whether it may be removed: nothing in it is pending, nor can anything come.
  var isDrained: Bool { pending == 0 && isOwn && (!isFollowed || isOrphan && isRead) }

  init(slot: Int, descriptor: Int32, salt: UInt64) {
    self.slot = slot
    self.descriptor = descriptor
    self.salt = salt
  }
}

/// The spool's decisions, as a value: which segment takes an event, when one is rewound, given up or removed, and when the disk is left
/// alone. It makes no system call; `Spool` carries out what it decides.
struct SpoolState: ~Copyable {
  private(set) var segments = GrowableArray<OpenSegment>()
  /// The index of the segment that is written to; -1 if there is none.
  private(set) var current = -1
  private var lastSerial: UInt64 = 0
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

  // MARK: Writing

  enum Room {
    case here(OpenSegment)
    /// Begin a new round of this segment first.
    case rewind(OpenSegment)
    /// Open another segment first.
    case other
  }

  /// Where a record of this size goes.
  mutating func room(for size: Int) -> Room {
    guard let segment = segments[current] else { return .other }
    let fits = segment.end &+ size <= segment.limit
    if segment.isOwn && segment.pending == 0 && (!fits || segment.end > SpoolState.rewindBytes) { return .rewind(segment) }
    if fits { return .here(segment) }
    current = -1
    return .other
  }

  /// Adds a segment that was opened. Returns its index; -1 if there is no room for it.
  mutating func add(_ opened: OpenSegment) -> Int {
    var segment = opened
    lastSerial &+= 1
    segment.serial = lastSerial
    for index in 0..<segments.count where segments.elements[index].serial == 0 {
      segments.replace(index, with: segment)
      return index
    }
    guard segments.count < SpoolPlace.segments, segments.append(segment) else { return -1 }
    return segments.count &- 1
  }

  /// Adds the segment that is written to from now on.
  mutating func begin(_ opened: OpenSegment) -> Bool {
    current = add(opened)
    return current >= 0
  }

  /// A new round of the current segment has begun.
  mutating func rewound(salt: UInt64, limit: Int, _ time: SpoolTime) {
    lastSerial &+= 1
    let serial = lastSerial
    segments.withElement(current) {
      $0.serial = serial
      $0.salt = salt
      $0.end = SegmentHeader.size
      $0.sequence = 0
      $0.synced = 0
      $0.limit = limit
      $0.start = time
    }
  }

  /// A record was written at the end of the current segment. Returns its place.
  mutating func appended(_ size: Int) -> SpoolPlace {
    guard let segment = segments[current] else { return .none }
    let isLeft = !segment.isOwn || heldSegments > SpoolState.mostHeld
    segments.withElement(current) {
      $0.end &+= size
      $0.sequence &+= 1
      $0.pending &+= 1
      if !isLeft { $0.held &+= 1 }
    }
    return SpoolPlace(serial: segment.serial, index: current, offset: segment.end, isLeft: isLeft)
  }

  private var heldSegments: Int {
    count { $0.held > 0 }
  }

  /// How many open segments have a property.
  func count(_ isCounted: (OpenSegment) -> Bool) -> Int {
    var count = 0
    for segment in segments.elements where segment.serial != 0 && isCounted(segment) { count &+= 1 }
    return count
  }

  /// The current segment is not written to any more.
  mutating func seal() { current = -1 }

  /// Whether events lie in the current segment that this process does not send.
  var hasLeftEvents: Bool { segments[current].map { $0.isOwn && $0.pending > $0.held } ?? false }

  // MARK: Events

  /// The open segment of a place; nil for one of a former round.
  func segment(of place: SpoolPlace) -> OpenSegment? {
    guard let segment = segments[place.index], segment.serial == place.serial else { return nil }
    return segment
  }

  /// An event that was in memory stays on disk only.
  mutating func leave(_ place: SpoolPlace) { end(place, isEnded: false) }

  /// An event has ended, or is left to others.
  mutating func end(_ place: SpoolPlace, isEnded: Bool) {
    guard segment(of: place) != nil else { return }
    segments.withElement(place.index) {
      $0.held &-= 1
      if isEnded { $0.pending &-= 1 }
    }
  }

  /// A record of a followed segment is taken over. Returns its place.
  mutating func take(_ index: Int, at offset: Int) -> SpoolPlace {
    segments.withElement(index) {
      $0.pending &+= 1
      $0.held &+= 1
    }
    return SpoolPlace(serial: segments[index]?.serial ?? 0, index: index, offset: offset)
  }

  mutating func change(_ index: Int, _ change: (inout OpenSegment) -> Void) { segments.withElement(index, change) }

  // MARK: Giving up

  /// Takes out a segment that is written to no more and of which nothing is in memory: to be removed if nothing in it is pending, or
  /// else to be left to whoever takes it over. Nil if there is none.
  mutating func takeFinished() -> OpenSegment? {
    for index in 0..<segments.count where index != current {
      guard let segment = segments[index], segment.serial != 0, segment.held == 0, !segment.isFollowed else { continue }
      return takeOut(index)
    }
    return nil
  }

  /// Takes out a segment whatever is in it.
  mutating func takeOut(_ index: Int) -> OpenSegment? {
    guard let segment = segments[index], segment.serial != 0 else { return nil }
    segments.withElement(index) { $0.serial = 0 }
    if index == current { current = -1 }
    return segment
  }

  // MARK: Failures

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
    for segment in segments.elements where segment.serial != 0 { sum &+= segment.end }
    return sum
  }
}
