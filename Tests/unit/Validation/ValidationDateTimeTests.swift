// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Date-times (RFC 3339)")
struct ValidationDateTimeTests {
  @Test(
    "Every form that the grammar has is taken",
    arguments: [
      "1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00", "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00",
      "1937-01-01T12:00:27.87+00:20", "2026-11-23t10:00:00z", "2024-02-29T00:00:00Z", "2000-02-29T00:00:00Z",
      "0000-01-01T00:00:00Z", "0000-02-29T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-23T10:00:00-00:00",
      "2026-11-23T10:00:00+23:59", "2026-11-23T10:00:00-23:59", "2026-11-23T10:00:00.123456789012345678901234567890Z",
      "2026-11-24T00:29:60+00:30", "2026-11-23T23:59:60.5Z",
    ])
  func takes(text: String) {
    #expect(offset(text, DateTime.check) == nil)
  }

  @Test(
    "Text that is not a date-time is refused at the first offset where it stops being one",
    arguments: [
      ("", 0), ("2026", 4), ("2026-11-23", 10), ("2026-11-23T10:00:00", 19), ("2026-11-23 10:00:00Z", 10),
      ("2026-11-23T10:00Z", 16), ("2026-11-23T10:00:00.Z", 20), ("2026-11-23T10:00:00,5Z", 19),
      ("2026-11-23T10:00:00+0100", 22), ("2026-11-23T10:00:00+01", 22), ("2026-11-23T10:00:00+1:00", 21),
      ("2026-11-23T24:00:00Z", 11), ("2026-11-23T10:60:00Z", 14), ("2026-11-23T10:00:61Z", 17), ("2026-13-01T10:00:00Z", 5),
      ("2026-00-01T10:00:00Z", 5), ("2026-11-31T10:00:00Z", 8), ("2026-11-00T10:00:00Z", 8), ("2026-02-29T10:00:00Z", 8),
      // In the form that is written here as well, which is looked at but quickly.
      ("2026-02-29T10:00:00.000Z", 8), ("2026-02-30T10:00:00.000Z", 8), ("2026-04-31T10:00:00.000Z", 8),
      ("2026-13-01T10:00:00.000Z", 5), ("2026-11-23T24:00:00.000Z", 11), ("2026-11-23T10:60:00.000Z", 14),
      ("2026-11-23T10:00:60.000Z", 17), ("2026-11-00T10:00:00.000Z", 8), ("2026-11-23T10:00:00.00 Z", 22),
      ("1900-02-29T10:00:00Z", 8), ("2026-11-23T10:00:00+24:00", 20), ("2026-11-23T10:00:00+00:60", 23),
      ("2026-11-23T10:00:00ZZ", 20), (" 2026-11-23T10:00:00Z", 0), ("2026-11-23T10:00:00Z ", 20), ("+2026-11-23T10:00:00Z", 0),
      ("12026-11-23T10:00:00Z", 4), ("2026-W48-1T10:00:00Z", 5), ("2026-11-23T10:00:00.5", 21), ("２026-11-23T10:00:00Z", 0),
      ("2026-11-23T10:00:60Z", 17), ("2026-11-23T22:59:60Z", 17), ("2026-11-23T23:58:60Z", 17),
      ("2026-11-23T23:59:60+01:00", 17), ("1990-12-31T15:59:60+08:00", 17), ("2026-11-23T10:00:00\u{0}Z", 19),
    ])
  func refuses(text: String, at expected: Int) {
    #expect(offset(text, DateTime.check) == expected, "\(text)")
    #expect(withBytes(text, DateTime.milliseconds) == nil)
  }

  @Test(
    "A date-time is its milliseconds since 1970",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001999Z", 1), ("1969-12-31T23:59:59.9Z", -100),
      ("1985-04-12T23:20:50.52Z", 482_196_050_520), ("1996-12-19T16:39:57-08:00", 851_042_397_000),
      ("1990-12-31T23:59:60Z", 662_688_000_000), ("2026-11-23T10:00:00+01:30", 1_795_422_600_000),
      ("0000-01-01T00:00:00Z", -62_167_219_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
  func reads(text: String, milliseconds: Int64) {
    #expect(withBytes(text, DateTime.milliseconds) == milliseconds)
  }

  private func format(_ milliseconds: Int64) -> String {
    writtenText { DateTime.format(millisecondsSinceEpoch: milliseconds, into: &$0) }
  }

  @Test("Times are written in UTC with milliseconds")
  func writes() {
    #expect(format(0) == "1970-01-01T00:00:00.000Z")
    #expect(format(-1) == "1969-12-31T23:59:59.999Z")
    #expect(format(1_795_428_000_007) == "2026-11-23T10:00:00.007Z")
    #expect(format(951_782_400_000) == "2000-02-29T00:00:00.000Z")
    #expect(format(.min) == "0000-01-01T00:00:00.000Z")
    #expect(format(.max) == "9999-12-31T23:59:59.999Z")
  }

  @Test("A time that is written reads back the same")
  func roundTrips() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<5000 {
      let time = Int64.random(in: DateTime.formattable, using: &random)
      #expect(withBytes(format(time), DateTime.milliseconds) == time)
    }
  }

  @Test("Every month of ten thousand years begins where the one before ends")
  func countsDays() {
    var next: Int64 = -719_528
    for year in 0...9999 {
      for month in 1...12 {
        let first = GregorianCalendar.days(year, month, 1)
        guard first == next, GregorianCalendar.date(first) == (year, month, 1) else {
          Issue.record("\(year)-\(month)")
          return
        }
        let length = GregorianCalendar.daysInMonth(year, month)
        guard GregorianCalendar.date(first + Int64(length) - 1) == (year, month, length) else {
          Issue.record("the last of \(year)-\(month)")
          return
        }
        next = first + Int64(length)
      }
    }
    #expect(next == 2_932_897)
  }

  @Test("A valid text with one byte changed is read without harm and never beyond its end")
  func survivesChanges() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<5000 {
      var text = Array("2026-11-23T23:59:60.125+00:00".utf8)
      text[random.number(0...(text.count - 1))] = UInt8(random.number(0...255))
      text.removeLast(random.number(0...10))
      withBytes(text) { bytes in
        let flaw = DateTime.check(bytes)
        #expect((flaw?.offset ?? 0) <= bytes.count)
        #expect((flaw == nil) == (DateTime.milliseconds(bytes) != nil))
      }
    }
  }
}
