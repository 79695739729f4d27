// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// The C library's reader: 1 when it takes the text. Its own Swift module cannot be imported beside CTPCPOSIX.
@_silgen_name("inet_pton")
private func inet_pton(_ family: Int32, _ text: UnsafePointer<CChar>, _ address: UnsafeMutableRawPointer?) -> Int32

@Suite("IP addresses")
struct ValidationIPAddressTests {
  private func format(_ text: String, truncated: Bool = false) -> String? {
    withBytes(text) { bytes -> String? in
      guard let address = IPAddress(bytes) else { return nil }
      return writtenText { (truncated ? address.truncated : address).format(into: &$0) }
    }
  }

  @Test(
    "Addresses are written as RFC 5952 wants them",
    arguments: [
      ("203.0.113.7", "203.0.113.7"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
      ("2001:0db8::0001", "2001:db8::1"), ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
      ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:DB8::A:BCDE", "2001:db8::a:bcde"), ("::", "::"), ("::1", "::1"),
      ("1::", "1::"), ("0:0:0:0:0:0:0:0", "::"), ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
      ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ])
  func writes(text: String, canonical: String) {
    #expect(format(text) == canonical)
  }

  @Test(
    "Truncation keeps 24 bits of an IPv4 address and 48 of an IPv6 address",
    arguments: [
      ("203.0.113.7", "203.0.113.0"), ("255.255.255.255", "255.255.255.0"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
      ("::1", "::"), ("::ffff:203.0.113.7", "203.0.113.0"), ("fe80::1", "fe80::"),
    ])
  func truncates(text: String, network: String) {
    #expect(format(text, truncated: true) == network)
  }

  @Test(
    "Text that is not an address is refused",
    arguments: [
      "", "1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.04", "256.1.1.1", "1.2.3.999", "1.2.3.4 ", " 1.2.3.4", "1.2.3.",
      ".1.2.3",
      "1..2.3", "0x1.2.3.4", "1.2.3.4/24", "1.2.3.4:80", "1000.2.3.4", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7", "1::2::3", "12345::", "::g", "[::1]", "fe80::1%eth0", "::1/64",
      "1:2:3:4:5:6:7:1.2.3.4",
      "1.2.3.4::", "::1.2.3.4:5", "::1.2.3", "::01.2.3.4", "1:2:3:4:5:6:7::8", "1:2:3:4::5:6:7:8", "-", "unknown", "１.2.3.4",
    ])
  func refuses(text: String) {
    #expect(format(text) == nil)
  }

  @Test("The verdict and the address are the C library's")
  func agreesWithTheCLibrary() {
    var random = SeededGenerator(seed: 17)
    for _ in 0..<20000 {
      let text =
        random.number(0...3) == 0
        ? random.text(of: ["1", "25", "0", "255", ".", ".", "9"], 5...9)
        : random.text(of: ["1", "0", "ab", "FFFF", ":", ":", ":", "::", "1.2.3.4", "c"], 3...16)
      var expected = [UInt8](repeating: 0, count: 16)
      // 10 is AF_INET6 and 2 AF_INET.
      var isValid = inet_pton(10, text, &expected) == 1
      if !isValid {
        expected = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0]
        isValid = expected.withUnsafeMutableBytes { inet_pton(2, text, $0.baseAddress! + 12) == 1 }
      }
      let address = withBytes(text) { IPAddress($0) }
      #expect((address != nil) == isValid, "\(text)")
      guard let address else { continue }
      let words = [address.high, address.low]
      let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
      #expect(bytes == expected, "\(text)")
    }
  }

  @Test("An address that is written reads back the same")
  func roundTrips() {
    var random = SeededGenerator(seed: 19)
    for _ in 0..<5000 {
      let groups = (0..<8).map { _ in random.number(0...2) == 0 ? UInt64(random.number(0...0xFFFF)) : 0 }
      let address = IPAddress(high: groups[0..<4].reduce(0) { $0 << 16 | $1 }, low: groups[4..<8].reduce(0) { $0 << 16 | $1 })
      let text = writtenText { address.format(into: &$0) }
      #expect(withBytes(text) { IPAddress($0) } == address, "\(text)")
    }
  }
}
