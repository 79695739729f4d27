// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// A delivery report: how one event ended. One block of memory; its texts end with NUL, so that C can read them in
/// place.
@usableFromInline  // An Embedded build of another module has to see how it is freed.
package struct Report: ~Copyable {
  package enum Text: Int { case eventID, code, message, details, receivedAt, body }

  package let outcome: Outcome
  /// The last HTTP status; 0 if no server answered.
  package let httpStatus: Int32
  /// The number of requests that carried the event.
  package let attempts: UInt32
  private let texts: UnsafeMutablePointer<UInt8>
  private let starts: InlineArray<7, Int>

  /// Keeps the part of the details that `bounded` selects. Nil when memory ran out.
  init?(_ event: QueuedEvent, _ outcome: Outcome, _ words: OutcomeDetails) {
    let words = words.bounded
    // Whoever empties a spool may want to send what was rejected again, and has it nowhere else.
    let body = event.isAdopted && outcome != .delivered ? event.bytes : Bytes("")
    // Decoding never makes text longer.
    let room = event.escapedID.count + words.code.count + words.message.count + words.details.count
      + words.receivedAt.count + body.count + 6
    var buffer = ByteBuffer()
    guard buffer.reserve(room) else { return nil }
    var starts = InlineArray<7, Int>(repeating: 0)
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
    written = written && buffer.put(body) && buffer.append(0)
    starts[6] = buffer.count
    guard written, let texts = buffer.take() else { return nil }
    self.texts = texts
    self.starts = starts
    self.outcome = outcome
    httpStatus = event.httpStatus
    attempts = event.attempts
  }

  deinit { free(texts) }

  /// The number of bytes of memory that the report uses.
  var size: Int { MemoryLayout<Report>.stride + starts[6] }

  /// One of the texts, in UTF-8 and followed by a NUL; empty if there is none. Valid as long as the report.
  @export(interface)
  package func text(_ which: Text) -> Bytes {
    let start = starts[which.rawValue]
    return Bytes(start: texts + start, count: starts[which.rawValue + 1] - start - 1)
  }
}

#if !hasFeature(Embedded)
  extension Report {
    package var eventID: String { String(decoding: text(.eventID), as: UTF8.self) }
    package var code: String { String(decoding: text(.code), as: UTF8.self) }
    package var message: String { String(decoding: text(.message), as: UTF8.self) }
    /// As JSON.
    package var details: String { String(decoding: text(.details), as: UTF8.self) }
    package var receivedAt: String { String(decoding: text(.receivedAt), as: UTF8.self) }
  }
#endif
