// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Retry-After")
struct RetryAfterTests {
  /// Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110's examples.
  private let wall: Int64 = 784_111_777_000

  private func parse(_ value: String) -> Int64? { withBytes(value) { RetryAfter.parse($0, wallMilliseconds: wall) } }

  private func milliseconds(_ value: String) -> Int64? { withBytes(value) { RetryAfter.parseMilliseconds($0) } }

  @Test(
    "Seconds count as they are, up to the cap of five minutes",
    arguments: [
      ("0", 0), ("1", 1000), ("120", 120_000), ("007", 7000), ("299", 299_000), ("300", 300_000), ("301", 300_000),
      ("86400", 300_000), ("4294967296", 300_000), ("9223372036854775807", 300_000), ("9223372036854775808", 300_000),
      ("18446744073709551616", 300_000), ("0000000000000000000000000000001", 1000),
    ] as [(String, Int64)])
  func seconds(value: String, wanted: Int64) {
    #expect(parse(value) == wanted)
  }

  @Test("A number of a thousand digits is the cap, not an overflow")
  func absurd() {
    #expect(parse(String(repeating: "9", count: 1000)) == 300_000)
    #expect(milliseconds(String(repeating: "9", count: 1000)) == 300_000)
  }

  @Test(
    "A date counts from now in all three forms of RFC 9110; one that has passed means at once",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("Sun, 06 Nov 1994 08:49:47 GMT", 10_000), ("Sun, 06 Nov 1994 08:53:37 GMT", 240_000),
      ("Sunday, 06-Nov-94 08:49:47 GMT", 10_000), ("Sun Nov  6 08:49:47 1994", 10_000), ("Sun, 06 Nov 1994 08:49:36 GMT", 0),
      ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Mon, 07 Nov 1994 08:49:37 GMT", 300_000), ("Fri, 31 Dec 9999 23:59:59 GMT", 300_000),
    ] as [(String, Int64)])
  func dates(value: String, wanted: Int64) {
    #expect(parse(value) == wanted)
  }

  @Test(
    "A value that is neither is ignored",
    arguments: [
      "", " ", "-1", "+1", "1.5", "1 ", " 1", "1s", "soon", "0x10", "1,2", "1e3", "-9223372036854775808", "Sun, 06 Nov 1994", "٣",
      "Sun, 32 Nov 1994 08:49:37 GMT", "NaN", "\u{0}", "1\u{0}",
    ])
  func neither(value: String) {
    #expect(parse(value) == nil)
    #expect(milliseconds(value) == nil)
  }

  @Test("A clock at either end of time makes no date overflow", arguments: [Int64.min, -1, 0, Int64.max])
  func absurdClocks(wall: Int64) {
    for value in ["Sun, 06 Nov 1994 08:49:37 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"] {
      let delay = withBytes(value) { RetryAfter.parse($0, wallMilliseconds: wall) }
      #expect(delay.map { (0...RetryAfter.longestMilliseconds).contains($0) } ?? true)
    }
  }

  @Test(
    "retry-after-ms is in milliseconds, with the same cap",
    arguments: [("0", 0), ("1", 1), ("1500", 1500), ("299999", 299_999), ("300001", 300_000), ("99999999999999999999", 300_000)]
      as [(String, Int64)])
  func retryAfterMilliseconds(value: String, wanted: Int64) {
    #expect(milliseconds(value) == wanted)
  }
}
