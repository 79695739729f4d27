// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Sampling")
struct EventSamplingTests {
  /// Which of the visitors are in.
  private func sampled(
    _ rate: String, _ count: Int = 4000, _ fill: (inout PageVisit, Int) throws -> Void
  ) throws -> [Bool] {
    let preview = try EventPreview(options([(.sampleRate, rate)]))
    var visit = PageVisit()
    return try (0..<count).map { index in
      visit.clear()
      try visit.set(.pageHref, "https://h/")
      try fill(&visit, index)
      var text = ByteBuffer()
      return try preview.append(visit, to: &text)
    }
  }

  @Test(
    "The share that is sent is the rate's, for sessions, visitors and events alike",
    arguments: [
      Field.sessionId, .anonymousId, .eventId,
    ])
  func share(field: Field) throws {
    for (rate, wanted) in [("0.01", 0.01), ("0.25", 0.25), ("0.5", 0.5), ("0.9", 0.9)] {
      // The ids are fixed, so this comes out the same each time; four standard deviations are ample for a good hash.
      let share = Double(try sampled(rate) { try $0.set(field, "visitor-\($1)") }.count { $0 }) / 4000
      #expect(abs(share - wanted) < 4 * (wanted * (1 - wanted) / 4000).squareRoot(), "\(rate): \(share)")
    }
  }

  @Test("A rate of one sends all, and of zero none")
  func ends() throws {
    #expect(try sampled("1", 500) { try $0.set(.sessionId, "\($1)") }.allSatisfy { $0 })
    #expect(try sampled("0", 500) { try $0.set(.sessionId, "\($1)") }.allSatisfy { !$0 })
    #expect(try sampled("0", 50) { _, _ in }.allSatisfy { !$0 })
  }

  @Test("One visitor's events are all in or all out, whatever else they say")
  func sameVisitor() throws {
    for visitor in 0..<40 {
      let verdicts = try sampled("0.5", 20) { visit, index in
        try visit.set(.sessionId, "session-\(visitor)")
        try visit.set(.anonymousId, "other-\(index)")
        try visit.set(.eventId, "event-\(index)")
        try visit.set(.pageTitle, "\(index)")
      }
      #expect(Set(verdicts).count == 1)
    }
  }

  @Test("A visitor who is in at one rate is in at every higher one")
  func monotone() throws {
    var before = [Bool](repeating: false, count: 1000)
    for rate in ["0.1", "0.3", "0.7", "0.95"] {
      let now = try sampled(rate, 1000) { try $0.set(.sessionId, "\($1)") }
      #expect(zip(before, now).allSatisfy { !$0 || $1 })
      before = now
    }
  }

  @Test("The session decides, without one the visitor, without both the event; null counts as absent")
  func order() throws {
    let bySession = try sampled("0.5", 200) { try $0.set(.sessionId, "s-\($1)") }
    let mixed = try sampled("0.5", 200) { visit, index in
      try visit.setNull(.sessionId)
      try visit.set(.anonymousId, "s-\(index)")
      try visit.set(.eventId, "x-\(index)")
    }
    let byEvent = try sampled("0.5", 200) { visit, index in
      try visit.setNull(.anonymousId)
      try visit.set(.eventId, "s-\(index)")
    }
    // The same text gives the same verdict, wherever it is.
    #expect(bySession == mixed && bySession == byEvent)
  }

  @Test("Events without any id are drawn one by one")
  func withoutID() throws {
    let count = try sampled("0.5", 1000) { _, _ in }.count { $0 }
    // Six standard deviations.
    #expect((405...595).contains(count))
  }

  @Test("A visitor's id counts as the text it is, however JSON escapes it")
  func escapes() throws {
    let settings: [(Option, String)] = [(.sampleRate, "0.5")]
    for index in 0..<60 {
      let plain = try visit { try $0.set(.sessionId, "é/\(index)\"") }
      let verdict = try completed(plain, settings) != nil
      for id in [#"é\/\#(index)\""#, #"\u00e9/\#(index)\u0022"#, #"\u00E9\u002f\#(index)\""#] {
        let read = try completed(json: #"{"event":"page_visit","sessionId":"\#(id)","page":{"href":"https://h/"}}"#, settings)
        #expect((read != nil) == verdict, "\(id)")
      }
    }
  }
}
