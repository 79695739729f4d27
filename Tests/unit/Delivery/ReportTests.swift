// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Reports")
struct ReportTests {
  private func words(_ code: StaticString, _ message: StaticString, _ details: StaticString, _ at: StaticString) -> OutcomeDetails {
    var words = OutcomeDetails(code: Bytes(code), message: Bytes(message))
    words.details = Bytes(details)
    words.receivedAt = Bytes(at)
    return words
  }

  /// The report of an event of this id, as it is in JSON.
  private func report(
    id: String, _ outcome: Outcome = .delivered, _ words: OutcomeDetails = OutcomeDetails(), _ body: (borrowing Report) -> Void
  ) {
    var event = queuedEvent(0, id: id)
    event.attempts = 3
    event.httpStatus = 422
    guard let report = Report(event, outcome, words) else { return fail("memory ran out") }
    body(report)
  }

  @Test("A report says what the server said, how often it was asked and how it ended")
  func tells() {
    report(id: "id-1", .rejected, words("invalid", "Validation failed", #"{"path":"/page"}"#, "2026-01-02T03:04:05Z")) { report in
      let texts = [report.eventID, report.code, report.message, report.details, report.receivedAt]
      #expect(texts == ["id-1", "invalid", "Validation failed", #"{"path":"/page"}"#, "2026-01-02T03:04:05Z"])
      let (outcome, status, attempts) = (report.outcome, report.httpStatus, report.attempts)
      #expect(outcome == .rejected && status == 422 && attempts == 3)
    }
  }

  @Test(
    "The id is the text itself, not its JSON escapes",
    arguments: [
      (#"a\"b\\c"#, #"a"b\c"#), (#"\u00e9\/\n"#, "é/\n"), ("é", "é"),
    ])
  func decodesID(escaped: String, plain: String) {
    report(id: escaped) { report in
      let id = report.eventID
      #expect(id == plain)
    }
  }

  @Test("Each text is followed by a NUL, so that C can read it without a copy, and is empty where there is none")
  func endsWithNUL() {
    report(id: "i", .rejected, words("c", "", "", "r")) { report in
      for (text, wanted) in [(Report.Text.eventID, "i"), (.code, "c"), (.message, ""), (.details, ""), (.receivedAt, "r")] {
        let bytes = report.text(text)
        #expect(string(bytes) == wanted)
        #expect(bytes.baseAddress?[bytes.count] == 0)
      }
    }
  }

  @Test("What the server says is kept in part: 512 bytes of code and message, and details of up to 2,048 bytes")
  func bounded() {
    func texts(_ count: Int) -> (Int, Int, Int, Int) {
      let long = [UInt8](repeating: 0x61, count: count)
      var lengths = (0, 0, 0, 0)
      long.withUnsafeBufferPointer { long in
        var words = OutcomeDetails(code: long, message: long)
        words.details = long
        words.receivedAt = long
        report(id: "i", .rejected, words) {
          lengths = ($0.text(.code).count, $0.text(.message).count, $0.text(.details).count, $0.text(.receivedAt).count)
        }
      }
      return lengths
    }
    #expect(texts(64) == (64, 64, 64, 64) && texts(512) == (512, 512, 512, 0) && texts(2048) == (512, 512, 2048, 0))
    #expect(texts(65_536) == (512, 512, 0, 0))
    let cut = withBytes(String(repeating: "é", count: 300) + "x") { OutcomeDetails(code: $0, message: $0).bounded.message.count }
    #expect(cut == 512)
    let within = withBytes("a" + String(repeating: "é", count: 300)) { OutcomeDetails(code: $0, message: $0).bounded.message.count }
    #expect(within == 511)
  }

  @Test("An event that ended without a last answer says why")
  func saysWhy() {
    #expect(string(OutcomeDetails(.expired).code) == "expired" && string(OutcomeDetails(.expired).message).contains("delivery_timeout_ms"))
    #expect(string(OutcomeDetails(.spooled).code) == "spooled" && string(OutcomeDetails(.spooled).message).contains("spool_directory"))
    #expect(string(OutcomeDetails(.abandoned).code) == "abandoned" && string(OutcomeDetails(.abandoned).message).contains("closed"))
    #expect(OutcomeDetails(.delivered).isEmpty && OutcomeDetails(.rejected).isEmpty && OutcomeDetails().isEmpty)
  }
}

@Suite("Report queue")
struct ReportQueueTests {
  private func append(_ queue: inout ReportQueue, _ sequence: UInt64) -> UInt64 {
    let event = queuedEvent(sequence)
    return queue.append(event, .delivered, OutcomeDetails())
  }

  private func takeID(_ queue: inout ReportQueue) -> String? {
    guard let report = queue.take() else { return nil }
    defer { ReportQueue.destroy(report) }
    return report.pointee.eventID
  }

  @Test("With no capacity nothing is kept and nothing counts as dropped")
  func none() {
    for capacity in [0, -1, Int.min] {
      var queue = ReportQueue(capacity: capacity)
      let (isKept, lost) = (queue.isKept, append(&queue, 1))
      #expect(!isKept && lost == 0 && queue.take() == nil)
    }
  }

  @Test("A report that finds no room drops the oldest")
  func dropsTheOldest() {
    var queue = ReportQueue(capacity: 3)
    let lost = (0..<5).map { append(&queue, $0) }
    #expect(lost == [0, 0, 0, 1, 1])
    #expect((0..<4).map { _ in takeID(&queue) } == ["event-2", "event-3", "event-4", nil])
  }

  @Test("Long ids take the room of other reports: a queue of reports has at most 4 KiB for each")
  func bytes() {
    var queue = ReportQueue(capacity: 100)
    let id = String(repeating: "i", count: 20_000)
    var lost: UInt64 = 0
    for number in 0..<100 {
      let event = queuedEvent(0, id: "\(number)-" + id)
      lost += queue.append(event, .delivered, OutcomeDetails())
    }
    let count = queue.count
    #expect(lost == 80 && count == 20 && takeID(&queue)?.hasPrefix("80-") == true)
    // One that is too large for all of the room is kept alone.
    let event = queuedEvent(0, id: String(repeating: "i", count: 900_000))
    #expect(queue.append(event, .delivered, OutcomeDetails()) == 19)
    let last = queue.count
    #expect(last == 1)
    for sequence in 0..<50 as Range<UInt64> { _ = append(&queue, sequence) }
    let after = queue.count
    #expect(after == 50 && takeID(&queue) == "event-0")
  }

  @Test("It does what a plain list does, over thousands of random operations", arguments: [1, 2, 63, 64, 65, 150, 100_000])
  func model(capacity: Int) {
    var queue = ReportQueue(capacity: capacity)
    var model: [UInt64] = []
    var random = Random(seed: UInt64(capacity))
    for sequence in 0..<4000 as Range<UInt64> {
      // More are put in than taken at first, then the other way round.
      if Int.random(in: 0..<10, using: &random) < (sequence % 1000 < 600 ? 8 : 2) {
        let lost = append(&queue, sequence)
        model.append(sequence)
        #expect(lost == (model.count > capacity ? 1 : 0))
        if model.count > capacity { model.removeFirst() }
      } else {
        let id = takeID(&queue)
        #expect(id == (model.isEmpty ? nil : "event-\(model.removeFirst())"))
      }
      let count = queue.count
      #expect(count == model.count)
    }
  }
}
