// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Configuration")
struct ConfigurationTests {
  private func refusal(_ settings: [(Option, String)]) -> Failure? {
    failure { () throws(Failure) in
      var options = Options()
      for (option, value) in settings { try options.set(option, value) }
      _ = try Configuration(options)
    }
  }

  /// The headers of a request, by their names.
  private func headers(_ settings: [(Option, String)]) throws -> [String: String] {
    let headers = try Configuration(options(settings)).transport.headers.map { header in
      #expect(header.last == 0)
      return String(decoding: header.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return Dictionary(
      headers.map { header in
        let colon = header.firstIndex(of: ":") ?? header.endIndex
        return (String(header[..<colon]), String(header[colon...].drop { $0 == ":" || $0 == " " }))
      }, uniquingKeysWith: { first, _ in "twice: " + first })
  }

  @Test("A client without a credential is refused with the ways to name one")
  func needsCredential() {
    let found = refusal([])
    #expect(found?.status == .invalidOption && found?.fieldText == "api_key")
    for name in ["api_key", "TPC_API_KEY", "bearer_token", "TPC_BEARER_TOKEN", "session_token", "TPC_SESSION_TOKEN"] {
      #expect(found?.messageText.contains(name) == true)
    }
    #expect(refusal([(.apiKey, "")]) != nil)
  }

  @Test("Any one credential will do, and none is needed where nothing is sent")
  func credentials() {
    for option in [Option.apiKey, .bearerToken, .sessionToken] { #expect(refusal([(option, "x")]) == nil) }
    #expect(refusal([(.dryRun, "true")]) == nil && refusal([(.enabled, "false")]) == nil)
  }

  @Test("A longest delay below the first retry's is taken alone, and holds for the first retry, too")
  func retryTimes() {
    #expect(refusal([(.apiKey, "x"), (.retryMax, "200")]) == nil)
    #expect(RetryPolicy(initialMilliseconds: 500, maximumMilliseconds: 200).delayMilliseconds(failures: 1, unit: 1) <= 200)
  }

  @Test("Each credential and scope goes into its header, and into no other")
  func headerNames() throws {
    let found = try headers([
      (.apiKey, "k1"), (.bearerToken, "b2"), (.sessionToken, "s3"), (.organizationId, "o4"), (.organizationSlug, "o5"),
      (.productId, "p6"),
      (.productSlug, "p7"), (.sdkName, "tpc-x"), (.sdkRuntime, "cpython 3.11"),
    ])
    #expect(
      found == [
        "Content-Type": "application/json", "Accept": "application/json", "Expect": "", "x-api-key": "k1",
        "Authorization": "Bearer b2",
        "Cookie": "better-auth.session_token=s3", "X-Tpc-Organization-Id": "o4", "X-Tpc-Organization-Slug": "o5",
        "X-Tpc-Product-Id": "p6",
        "X-Tpc-Product-Slug": "p7",
        "User-Agent": "tpc-x/\(String(decoding: Version.text.bytes, as: UTF8.self)) (cpython 3.11)",
      ])
  }

  @Test("An option that is not set sends no header")
  func fewHeaders() throws {
    #expect(try Set(headers([(.apiKey, "k")]).keys) == ["Content-Type", "Accept", "Expect", "User-Agent", "x-api-key"])
  }

  @Test("Numbers reach delivery and transport as they were set")
  func numbers() throws {
    let found = try Configuration(
      options([
        (.apiKey, "x"), (.queueMaxEvents, "11"), (.queueMaxBytes, "70000"), (.maxInFlight, "13"), (.maxConnections, "14"),
        (.deliveryTimeout, "15"), (.retryInitial, "16"), (.retryMax, "17"), (.reportCapacity, "18"), (.connectTimeout, "19"),
        (.requestTimeout, "20"), (.maxEventBytes, "2100"), (.name, "shop"), (.logLevel, "debug"), (.logDescriptor, "7"),
      ]))
    let delivery = found.delivery
    #expect(delivery.maximumEvents == 11 && delivery.maximumBytes == 70_000 && delivery.maximumInFlight == 13)
    #expect(delivery.maximumConnections == 14 && delivery.deliveryTimeoutMilliseconds == 15 && delivery.reportCapacity == 18)
    #expect(delivery.retry.initialMilliseconds == 16 && delivery.retry.maximumMilliseconds == 17)
    #expect(found.transport.connectTimeoutMilliseconds == 19 && found.transport.requestTimeoutMilliseconds == 20 && found.transport.maximumConnections == 14)
    #expect(found.completion.maximumBytes == 2100 && found.options.text(.name) == Array("shop".utf8))
    #expect(found.log.level == .debug && found.log.descriptor == 7)
  }

  @Test("The defaults of the table are the defaults of delivery")
  func defaults() {
    let (table, plain) = (DeliverySettings(Options()), DeliverySettings())
    #expect(table.maximumEvents == plain.maximumEvents && table.maximumBytes == plain.maximumBytes)
    #expect(table.maximumInFlight == plain.maximumInFlight && table.maximumConnections == plain.maximumConnections)
    #expect(table.deliveryTimeoutMilliseconds == plain.deliveryTimeoutMilliseconds && table.reportCapacity == plain.reportCapacity)
    #expect(table.retry.initialMilliseconds == plain.retry.initialMilliseconds && table.retry.maximumMilliseconds == plain.retry.maximumMilliseconds)
  }

  @Test("A file of certificates that cannot be read is refused by its option")
  func certificates() {
    let found = refusal([(.apiKey, "x"), (.caFile, "/nowhere/ca.pem")])
    #expect(found?.status == .invalidOption && found?.fieldText == "ca_file")
  }

  @Test("A proxy is a host over http or https", arguments: [
    ("http://proxy:3128", true), ("https://proxy", true), ("http://user:pass@proxy:80", true), ("socks5://proxy", false),
    ("proxy:3128", false),
    ("http://", false), ("ftp://proxy", false), ("http://proxy:99999", false), ("http://pro xy", false),
  ])
  func proxies(proxy: String, isTaken: Bool) {
    let found = refusal([(.apiKey, "x"), (.proxy, proxy)])
    #expect((found == nil) == isTaken)
    if !isTaken { #expect(found?.fieldText == "proxy" && found?.description.contains("pass@") == false) }
  }
}
