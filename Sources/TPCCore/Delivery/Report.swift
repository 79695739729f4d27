// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// What the server said about an event, or what kept it from saying something. Views of memory that the reader of the answer
/// owns, valid for one call.
struct ServerWords {
  var code = Bytes(start: nil, count: 0)
  var message = Bytes(start: nil, count: 0)
  var details = Bytes(start: nil, count: 0)
  var receivedAt = Bytes(start: nil, count: 0)

  init() {}

  init(code: Bytes, message: Bytes) {
    self.code = code
    self.message = message
  }

  /// What to say of an event that ended without a last answer.
  init(_ outcome: Outcome) {
    switch outcome {
    case .expired: self.init(code: Bytes("expired"), message: Bytes("delivery_timeout_ms was up before the event was delivered"))
    case .abandoned: self.init(code: Bytes("abandoned"), message: Bytes("the client was closed before the event was delivered"))
    case .delivered, .rejected: self.init()
    }
  }

  var isEmpty: Bool { code.isEmpty && message.isEmpty && receivedAt.isEmpty }
}

/// How one event ended: the delivery report. One block of memory, its texts ended by NUL so that C can read them in place.
public struct Report: ~Copyable {
  public enum Text: Int { case eventID, code, message, details, receivedAt }

  public let outcome: Outcome
  /// The last HTTP status; 0 when no server answered.
  public let httpStatus: Int32
  /// How many requests carried the event.
  public let attempts: UInt32
  private let texts: UnsafeMutablePointer<UInt8>
  private let starts: InlineArray<6, Int>

  /// Nil when memory ran out.
  init?(_ event: QueuedEvent, _ outcome: Outcome, _ words: ServerWords) {
    // Decoding never makes a text longer.
    let room = event.escapedID.count + words.code.count + words.message.count + words.details.count
      + words.receivedAt.count + 5
    var buffer = ByteBuffer()
    guard buffer.reserve(room) else { return nil }
    var starts = InlineArray<6, Int>(repeating: 0)
    var written = JSONString.decode(event.escapedID, into: &buffer) && buffer.append(0)
    starts[1] = buffer.count
    written = written && buffer.append(words.code) && buffer.append(0)
    starts[2] = buffer.count
    written = written && buffer.append(words.message) && buffer.append(0)
    starts[3] = buffer.count
    written = written && buffer.append(words.details) && buffer.append(0)
    starts[4] = buffer.count
    written = written && buffer.append(words.receivedAt) && buffer.append(0)
    starts[5] = buffer.count
    guard written, let texts = buffer.take() else { return nil }
    self.texts = texts
    self.starts = starts
    self.outcome = outcome
    httpStatus = event.httpStatus
    attempts = event.attempts
  }

  deinit { free(texts) }

  /// UTF-8, followed by a NUL, valid as long as the report; empty where there is none.
  @export(interface)
  public func text(_ which: Text) -> Bytes {
    let start = starts[which.rawValue]
    return Bytes(start: texts + start, count: starts[which.rawValue + 1] - start - 1)
  }
}

/// The endpoint's last failure in its own words, kept until it takes events again.
struct Trouble: ~Copyable {
  private var code = ByteBuffer()
  private var message = ByteBuffer()

  /// A message may be as long as a server likes; this much of it tells why.
  private static let longest = 512

  var isNoted: Bool { code.count + message.count > 0 }

  var words: ServerWords { ServerWords(code: code.bytes, message: message.bytes) }

  mutating func note(_ words: ServerWords) {
    forget()
    _ = code.append(words.code.part(0, UTF8Text.cut(words.code, to: Trouble.longest)))
    _ = message.append(words.message.part(0, UTF8Text.cut(words.message, to: Trouble.longest)))
  }

  mutating func forget() {
    code.truncate(to: 0)
    message.truncate(to: 0)
  }
}

#if !hasFeature(Embedded)
  extension Report {
    public var eventID: String { String(decoding: text(.eventID), as: UTF8.self) }
    public var code: String { String(decoding: text(.code), as: UTF8.self) }
    public var message: String { String(decoding: text(.message), as: UTF8.self) }
    /// As JSON.
    public var details: String { String(decoding: text(.details), as: UTF8.self) }
    public var receivedAt: String { String(decoding: text(.receivedAt), as: UTF8.self) }
  }
#endif

/// The reports that wait to be polled, the oldest first; a new one that finds no room drops the oldest.
struct ReportQueue: ~Copyable {
  private let capacity: Int
  /// Oldest at `first`, in a ring of `size`.
  private var ring: UnsafeMutablePointer<UnsafeMutablePointer<Report>>?
  private var size = 0
  private var first = 0
  private(set) var count = 0

  init(capacity: Int) { self.capacity = max(0, capacity) }

  deinit {
    for index in 0..<count { ReportQueue.destroy(ring?[(first + index) % size]) }
    free(ring)
  }

  var isKept: Bool { capacity > 0 }

  /// Returns how many reports were lost by it: the oldest when there is no room, or this one when there is no memory.
  mutating func append(_ event: QueuedEvent, _ outcome: Outcome, _ words: ServerWords) -> UInt64 {
    guard capacity > 0 else { return 0 }
    guard let report = Report(event, outcome, words), let memory = malloc(MemoryLayout<Report>.stride) else { return 1 }
    let pointer = memory.bindMemory(to: Report.self, capacity: 1)
    pointer.initialize(to: report)
    var lost: UInt64 = 0
    if count == capacity {
      ReportQueue.destroy(take())
      lost = 1
    }
    guard count < size || grow(), let ring else {
      ReportQueue.destroy(pointer)
      return lost + 1
    }
    ring[(first + count) % size] = pointer
    count += 1
    return lost
  }

  /// The oldest; the caller hands it to `destroy` in the end.
  mutating func take() -> UnsafeMutablePointer<Report>? {
    guard count > 0, let ring else { return nil }
    let report = ring[first]
    first = (first + 1) % size
    count -= 1
    return report
  }

  static func destroy(_ report: UnsafeMutablePointer<Report>?) {
    report?.deinitialize(count: 1)
    free(report)
  }

  private mutating func grow() -> Bool {
    let wanted = min(capacity, max(64, size * 2))
    guard let memory = malloc(wanted * MemoryLayout<UnsafeMutablePointer<Report>>.stride) else { return false }
    let grown = memory.bindMemory(to: UnsafeMutablePointer<Report>.self, capacity: wanted)
    for index in 0..<count {
      if let ring { (grown + index).initialize(to: ring[(first + index) % size]) }
    }
    free(ring)
    ring = grown
    size = wanted
    first = 0
    return true
  }
}
