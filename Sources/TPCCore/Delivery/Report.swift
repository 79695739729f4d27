// SPDX-License-Identifier: Apache-2.0

import CPOSIX

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

  /// Keeps as much of the words as `bounded` does. Nil when memory ran out.
  init?(_ event: QueuedEvent, _ outcome: Outcome, _ words: OutcomeDetails) {
    let words = words.bounded
    // Decoding never makes a text longer.
    let room = event.escapedID.count + words.code.count + words.message.count + words.details.count
      + words.receivedAt.count + 5
    var buffer = ByteBuffer()
    guard buffer.reserve(room) else { return nil }
    var starts = InlineArray<6, Int>(repeating: 0)
    var written = JSONString.decode(event.escapedID, into: &buffer) && buffer.append(0)
    starts[1] = buffer.count
    written = written && buffer.put(words.code) && buffer.append(0)
    starts[2] = buffer.count
    written = written && buffer.put(words.message) && buffer.append(0)
    starts[3] = buffer.count
    written = written && buffer.put(words.details) && buffer.append(0)
    starts[4] = buffer.count
    written = written && buffer.put(words.receivedAt) && buffer.append(0)
    starts[5] = buffer.count
    guard written, let texts = buffer.take() else { return nil }
    self.texts = texts
    self.starts = starts
    self.outcome = outcome
    httpStatus = event.httpStatus
    attempts = event.attempts
  }

  deinit { free(texts) }

  /// Bytes of memory that it takes.
  var size: Int { MemoryLayout<Report>.stride + starts[5] }

  /// UTF-8, followed by a NUL, valid as long as the report; empty where there is none.
  @export(interface)
  public func text(_ which: Text) -> Bytes {
    let start = starts[which.rawValue]
    return Bytes(start: texts + start, count: starts[which.rawValue + 1] - start - 1)
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
