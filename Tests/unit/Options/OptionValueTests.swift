// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Option values")
struct OptionValueTests {
  private func refusal(_ name: String, _ value: String) -> Failure? {
    withBytes(name) { name in
      withBytes(value) { value in
        failure { () throws(Failure) in
          var options = Options()
          try options.set(name, value)
        }
      }
    }
  }

  @Test(
    "A whole number is taken within its range, both ends included",
    arguments: [
      ("max_in_flight", "1", "1000"), ("max_connections", "1", "100"), ("queue_max_bytes", "1024", "1099511627776"),
      ("queue_max_events", "1", "100000000"), ("max_event_bytes", "1024", "1048576"), ("report_capacity", "0", "10000000"),
      ("connect_timeout_ms", "1", "600000"), ("request_timeout_ms", "1", "600000"), ("delivery_timeout_ms", "1", "604800000"),
      ("retry_initial_ms", "1", "600000"), ("retry_max_ms", "1", "600000"), ("log_descriptor", "-1", "65535"),
    ])
  func integers(name: String, least: String, most: String) {
    #expect(refusal(name, least) == nil && refusal(name, most) == nil && refusal(name, "000" + most) == nil)
    let below = Int(least).map { String($0 - 1) } ?? "", above = Int(most).map { String($0 + 1) } ?? ""
    let others = ["", " ", "-", "--1", "-2", "+2", "2.0", "2e0", " 2", "2 ", "0x2", "٢", "99999999999999999999", "9223372036854775808"]
    for value in [below, above] + others {
      let found = refusal(name, value)
      #expect(found?.status == .invalidOption && found?.fieldText == name, "\(value)")
      #expect(found?.messageText.hasSuffix("; expected a whole number from \(least) to \(most)") == true, "\(value)")
    }
  }

  @Test("Options differ by what is set in the first and has another value in the second, whoever set it there")
  func differences() throws {
    let set = try options([(.apiKey, "k"), (.sampleRate, "0.50"), (.dryRun, "true"), (.clientIP, "omit"), (.trustedProxies, "")])
    #expect(set.difference(from: set) == nil && Options().difference(from: set) == nil)
    #expect(set.difference(from: Options()) == .apiKey)
    let same = try options([(.dryRun, "yes"), (.sampleRate, ".5"), (.queueMaxEvents, "10000"), (.sdkName, "libtpc"), (.name, "x")])
    #expect(same.difference(from: set) == nil)
    for (option, value) in [(Option.apiKey, "K"), (.sampleRate, "1"), (.clientIP, "full"), (.trustedProxies, "private"), (.enabled, "off")] {
      #expect(try options([(option, value)]).difference(from: set) == option)
    }
  }

  @Test(
    "A share is a number from 0 to 1",
    arguments: [
      ("0", 0), ("1", 1), ("1.000", 1), ("0.25", 0.25), (".5", 0.5), ("1.", 1), ("00.1", 0.1), ("1e-1", 0.1),
      ("1e-05", 0.00001), ("2.5E-7", 0.00000025), ("1e-20", 1e-20),
    ])
  func ratio(text: String, wanted: Double) throws {
    #expect(try options([(.sampleRate, text)]).number(.sampleRate) == wanted)
  }

  @Test(
    "A value that is not a share is refused",
    arguments: ["", ".", "1.0000001", "2", "-0.5", "+0.5", "1e", "1e-", "e-5", "1e5", "1e0", "1e-5e-5", "1e-309", "25e-1", "0,5", "0.5%", "50%", "NaN", "inf", "0.1.1", " 0.5"])
  func noRatio(text: String) {
    let found = refusal("sample_rate", text)
    #expect(found?.status == .invalidOption && found?.messageText.contains("a number from 0 to 1") == true)
  }

  @Test("A share of more digits than anyone needs does no harm")
  func longRatio() {
    for digits in [17, 18, 19, 400] {
      let share = try? options([(.sampleRate, "0.0" + String(repeating: "3", count: digits))]).number(.sampleRate)
      #expect(share.map { abs($0 - 1 / 30) < 1e-16 } == true)
    }
    #expect(refusal("sample_rate", String(repeating: "9", count: 400)) != nil)
  }

  @Test(
    "True and false have four spellings each",
    arguments: [
      ("true", true), ("1", true), ("yes", true), ("on", true), ("false", false), ("0", false), ("no", false), ("off", false),
    ])
  func booleans(text: String, wanted: Bool) throws {
    #expect(try options([(.dryRun, text)]).boolean(.dryRun) == wanted)
    #expect(try options([(.enabled, text)]).boolean(.enabled) == wanted)
  }

  @Test("Any other text is refused", arguments: ["", "True", "TRUE", "y", "2", "enabled", " true"])
  func noBoolean(text: String) {
    #expect(refusal("enabled", text)?.messageText.contains("expected true or false") == true)
  }

  @Test("A choice takes one of its values, which the refusal lists")
  func choices() throws {
    #expect(try options([(.environment, "local")]).choice(.environment) == 1)
    #expect(try options([(.logLevel, "debug")]).choice(.logLevel) == 4)
    #expect(refusal("environment", "staging")?.messageText.hasSuffix("expected production, local, dev") == true)
    #expect(refusal("log_level", "WARN")?.messageText.hasSuffix("expected off, error, warn, info, debug") == true)
    #expect(refusal("client_ip", "full|truncate") != nil && refusal("client_ip", "") != nil)
  }

  @Test(
    "A text with a control character is refused with its offset, since it would start another header",
    arguments: [
      "\r", "\n", "\u{0}", "\u{7F}", "\t", "\u{1F}",
    ])
  func controlCharacters(character: String) {
    for name in ["api_key", "bearer_token", "session_token", "organization_id", "product_slug", "name", "sdk_name", "base_url"] {
      let found = refusal(name, "ab\(character)X-Other: 1")
      #expect(found?.status == .invalidOption && found?.fieldText == name)
      #expect(found?.messageText.contains("control character at byte 2") == true, "\(name)")
    }
  }

  @Test("A session token that would end its cookie is refused", arguments: ["a;b", "a,b", "a b", "a\"b", "a\\b", "é"])
  func cookies(value: String) {
    #expect(refusal("session_token", value)?.fieldText == "session_token")
    #expect(refusal("session_token", "abc.DEF-123_~%3D=") == nil)
  }

  @Test("A text holds up to 4,096 bytes of UTF-8")
  func lengths() {
    #expect(refusal("api_key", String(repeating: "k", count: 4096)) == nil)
    let found = refusal("api_key", String(repeating: "k", count: 4097))
    #expect(found?.status == .invalidOption && found?.messageText.contains("4,096") == true)
    withBytes([0x61, 0xFF]) { bad in
      let found = failure { () throws(Failure) in
        var options = Options()
        try options.set(.name, bad)
      }
      #expect(found?.status == .invalidOption)
    }
  }

  @Test("No refusal shows the value, which may be a credential", arguments: Option.allCases)
  func keepsSecrets(option: Option) {
    let name = String(decoding: OptionTable.row(option).name.bytes, as: UTF8.self)
    for value in ["s3cret-\n-s3cret", "s3cret \u{7F}"] {
      let found = refusal(name, value)
      #expect(found != nil && found?.description.contains("s3cret") == false)
    }
  }

  @Test("A refused value leaves the one before it")
  func keeps() throws {
    var options = try options([(.maxInFlight, "7")])
    _ = failure { () throws(Failure) in try options.set(.maxInFlight, "0") }
    #expect(options.integer(.maxInFlight) == 7)
  }
}
