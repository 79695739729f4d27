// SPDX-License-Identifier: Apache-2.0

import Foundation
import TPC

/// Requests with every header, headers that repeat, long, empty and odd ones.
func checkRequests() async throws {
  var configuration = Configuration()
  configuration.trustedProxies = ["private"]
  let visits = try PageVisits(configuration)

  var plain = WebRequest(method: "GET", target: "/pricing?plan=pro", scheme: "https", host: "example.com")
  plain.status = 200
  plain.contentType = "text/html"
  plain.remoteAddress = "10.0.0.1"
  // Twice: the addresses are joined, and the one before the trusted proxy is the visitor's.
  plain.addHeader("X-Forwarded-For", "192.0.2.7")
  plain.addHeader("x-forwarded-for", "10.0.0.2")
  plain.addHeader("Cookie", "not-read")
  plain.addHeader("User-Agent", "GPTBot/1.2")
  expect(!"\(plain)".contains("not-read"), "a header that no rule reads is kept")
  let seen = try visits.visit(from: plain, adding: Visit(title: "Pricing", properties: ["plan": "pro"]))
  expectEqual(seen?.href, "https://example.com/pricing?plan=pro", "href")
  expectEqual(seen?.clientIP, "192.0.2.7", "client address")
  expectEqual(seen?.title, "Pricing", "title")
  expectEqual(seen?.properties["plan"], "pro", "a property")
  expectEqual(seen?.properties["status"], 200, "the status")
  expectEqual(visits.statistics.accepted, 0, "accepted by looking")
  if let seen { try visits.track(seen) }
  expectEqual(try visits.track(plain), nil, "a page")

  var asset = plain
  asset.target = "/logo.png"
  asset.contentType = nil
  expectEqual(try visits.track(asset), .asset, "an asset")
  expectEqual(try visits.visit(from: asset), nil, "an asset's visit")
  asset.clientAddress = "192.0.2.9"
  expect(asset != plain && Set([asset, plain, plain]).count == 2, "requests are not told apart")

  let long = String(repeating: "a", count: 100_000)
  for name in WebRequest.headerNames {
    for value in ["", "\u{0}", "a\u{0}b", ",", "\"", "\\", "\r\n", "\u{FFFD}", long, "é\u{1F600}"] {
      var request = plain
      request.addHeader(name.uppercased(), value)
      request.addHeader(name, value)
      _ = try? visits.track(request)
    }
  }
  for text in ["", "\u{0}", "/", "//", "*", "/\u{0}", long, "/" + long, "é", "https://example.com/\u{0}"] {
    for path in [\WebRequest.scheme, \.host, \.contentType, \.remoteAddress, \.clientAddress] {
      var request = plain
      request[keyPath: path] = text
      _ = try? visits.track(request)
    }
    for path in [\WebRequest.method, \.target] {
      var request = plain
      request[keyPath: path] = text
      _ = try? visits.track(request, adding: Visit(userAgent: text, properties: [text: .string(text)]))
    }
  }
  for status in [Int.min, -1, 0, 99, 600, Int.max] {
    var request = plain
    request.status = status
    _ = try? visits.track(request)
  }
  do throws(TPCError) {
    try visits.track(WebRequest(method: "GET", target: "pricing", host: "example.com"))
    expect(false, "a target without a slash is accepted")
  } catch {
    expectEqual(error.code, .invalidArgument, "a target without a slash")
    expectEqual(error.field, "/target", "a target without a slash")
  }
  await visits.close(timeout: .seconds(60))
  let statistics = visits.statistics
  expectEqual(statistics.accepted, statistics.delivered, "delivered")
  expectEqual(statistics.rejected, 0, "rejected by the contract")
}
