// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Visitors' addresses")
struct EventAddressTests {
  private func address(_ address: String, _ policy: String) throws -> String? {
    member(try completed(try visit { try $0.set(.requestClientIp, address) }, [(.clientIP, policy)]), "request", "clientIp")
  }

  @Test("full leaves the address as it was given", arguments: ["192.0.2.77", "2001:DB8::1", "no address", ""])
  func full(text: String) throws {
    #expect(try address(text, "full") == text)
  }

  @Test(
    "truncate keeps the network: 24 bits of IPv4, 48 of IPv6",
    arguments: [
      ("192.0.2.77", "192.0.2.0"), ("255.255.255.255", "255.255.255.0"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
      ("2001:DB8::1", "2001:db8::"), ("::1", "::"), ("::ffff:192.0.2.77", "192.0.2.0"), ("fe80::1", "fe80::"),
      // 6to4 holds an IPv4 address after 16 bits, and NAT64 at its end: its last eight bits are cut. Others lose everything after 48 bits.
      ("2002:cb00:714d::1", "2002:cb00:7100::"), ("2002:c000:24d:1:2:3:4:5", "2002:c000:200::"), ("64:ff9b::192.0.2.77", "64:ff9b::c000:200"),
      ("2001:0:4136:e378:8000:63bf:3fff:fdb2", "2001:0:4136::"), ("::192.0.2.77", "::"), ("2001:db8::5efe:192.0.2.77", "2001:db8::"),
    ])
  func truncates(text: String, wanted: String) throws {
    #expect(try address(text, "truncate") == wanted)
  }

  @Test(
    "truncate leaves out text that is not an address, since nobody knows what it reveals",
    arguments: ["no address", "", "192.0.2.77:80", "192.0.2.77, 10.0.0.1", "fe80::1%eth0", "[::1]", "192.0.2.256", "192.0.02.1"])
  func truncatesNothingElse(text: String) throws {
    #expect(try address(text, "truncate") == nil)
  }

  @Test("omit leaves any text out, and no other member", arguments: ["192.0.2.77", "::1", "no address"])
  func omits(text: String) throws {
    let event = try visit {
      try $0.set(.requestClientIp, text)
      try $0.set(.requestMethod, "GET")
    }
    let result = try completed(event, [(.clientIP, "omit")])
    #expect(result?.contains("clientIp") == false && member(result, "request", "method") == "GET")
  }

  @Test("An absent or null address stays so under every policy", arguments: ["full", "truncate", "omit"])
  func nothing(policy: String) throws {
    #expect(try completed(try visit(), [(.clientIP, policy)])?.contains("clientIp") == false)
    let event = try visit { try $0.setNull(.requestClientIp) }
    #expect(try completed(event, [(.clientIP, policy)])?.contains(#""request":{"clientIp":null}"#) == true)
  }

  @Test("The choices of the option are the policies, in their order")
  func words() throws {
    for (word, policy) in [("full", ClientAddressPolicy.full), ("truncate", .truncate), ("omit", .omit)] {
      #expect(try CompletionSettings(options([(.clientIP, word)])).clientAddress == policy)
    }
  }
}
