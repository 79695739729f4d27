// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("HTTP dates (RFC 9110)")
struct ValidationHTTPDateTests {
  /// 2026-11-23T10:00:00Z
  private let now: Int64 = 1_795_428_000

  @Test(
    "The three forms of a date are one moment",
    arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
  func readsForms(text: String) {
    #expect(withBytes(text) { HTTPDate.seconds($0, now: now) } == 784_111_777)
  }

  @Test(
    "Every weekday's name is known, short and long",
    arguments: [("Mon", "Monday"), ("Tue", "Tuesday"), ("Wed", "Wednesday"), ("Thu", "Thursday"), ("Fri", "Friday"),
      ("Sat", "Saturday"), ("Sun", "Sunday")])
  func readsWeekdays(short: String, long: String) {
    #expect(withBytes("\(short), 23 Nov 2026 10:00:00 GMT") { HTTPDate.seconds($0, now: now) } == now)
    #expect(withBytes("\(long), 23-Nov-26 10:00:00 GMT") { HTTPDate.seconds($0, now: now) } == now)
    #expect(withBytes("\(short) Nov 23 10:00:00 2026") { HTTPDate.seconds($0, now: now) } == now)
  }

  @Test("Every month's name is known")
  func readsMonths() {
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    for (index, name) in names.enumerated() {
      let expected = GregorianCalendar.days(2026, index + 1, 5) * 86400
      #expect(withBytes("Mon, 05 \(name) 2026 00:00:00 GMT") { HTTPDate.seconds($0, now: now) } == expected)
    }
  }

  @Test(
    "Two digits of a year mean the latest one that is at most 50 years ahead",
    arguments: [("26", 2026), ("76", 2076), ("77", 1977), ("99", 1999), ("00", 2000)])
  func choosesCentury(digits: String, year: Int) {
    let expected = GregorianCalendar.days(year, 1, 2) * 86400
    #expect(withBytes("Friday, 02-Jan-\(digits) 00:00:00 GMT") { HTTPDate.seconds($0, now: now) } == expected)
    for extreme in [Int64.min, Int64.max] {
      #expect(withBytes("Friday, 02-Jan-\(digits) 00:00:00 GMT") { HTTPDate.seconds($0, now: extreme) } != nil)
    }
  }

  @Test(
    "Text that is not an HTTP date is refused",
    arguments: [
      "", "120", "Sun", "Sun, ", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
      "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
      "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
      "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sunday, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06-Nov-94 08:49:37 GMT", "Sun Nov 06 08:49:37 94", "Sun Nov 6 08:49:37 1994", "Sunday Nov  6 08:49:37 1994",
      "Sun, 06 Nov 94 08:49:37 GMT", "Someday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z",
    ])
  func refuses(text: String) {
    #expect(withBytes(text) { HTTPDate.seconds($0, now: now) } == nil)
  }

  @Test("A date cut anywhere is refused, without reading beyond it")
  func refusesPrefixes() {
    for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
      for length in 0..<text.utf8.count {
        #expect(withBytes(Array(text.utf8.prefix(length))) { HTTPDate.seconds($0, now: now) } == nil)
      }
    }
  }
}
