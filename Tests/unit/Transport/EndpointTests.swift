// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Endpoint")
struct EndpointTests {
  private static let path = "/api/v1/analytics/events"

  private func url(_ settings: [(Option, String)]) throws -> String {
    let endpoint = try Endpoint(options(settings))
    #expect(endpoint.url.last == 0)
    return String(decoding: endpoint.url.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func refusal(_ base: String, _ settings: [(Option, String)] = []) -> Failure? {
    failure { () throws(Failure) in
      var options = Options()
      for (option, value) in settings { try options.set(option, value) }
      try options.set(.baseURL, base)
      _ = try Endpoint(options)
    }
  }

  @Test("The environments are the contract's two servers and the company's development server")
  func environments() throws {
    #expect(try url([(.environment, "dev")]) == "http://app.localhost:3000" + Self.path)
    #expect(try url([]) == "https://app.promptingco.com" + Self.path)
    #expect(try url([(.environment, "local")]) == "http://localhost:3000" + Self.path)
    #expect(try Endpoint(options([])).isEncrypted && !Endpoint(options([(.environment, "local")])).isEncrypted)
  }

  @Test(
    "base_url takes the environment's place, with its path kept before the contract's",
    arguments: [
      ("https://h.example", "https://h.example"), ("https://h.example/", "https://h.example"),
      ("https://h.example//", "https://h.example"),
      ("https://h.example/proxy", "https://h.example/proxy"), ("https://h.example/a/b/", "https://h.example/a/b"),
      ("https://h.example:8443", "https://h.example:8443"), ("HTTPS://H.example", "HTTPS://H.example"),
      ("https://[2001:db8::1]:1", "https://[2001:db8::1]:1"),
      ("https://h.example:", "https://h.example:"), ("https://h:65535", "https://h:65535"), ("https://h:1", "https://h:1"),
    ])
  func base(base: String, wanted: String) throws {
    #expect(try url([(.baseURL, base), (.environment, "local")]) == wanted + Self.path)
  }

  @Test(
    "http is taken for this machine alone",
    arguments: [
      "http://localhost", "http://localhost:3000", "http://LOCALHOST", "HTTP://LocalHost:1/x", "http://127.0.0.1",
      "http://127.0.0.1:8080/a",
      "http://127.255.255.254", "http://127.1.2.3", "http://[::1]", "http://[::1]:3000/", "http://app.localhost",
      "http://A.b-c.LocalHost:1",
    ])
  func loopback(base: String) {
    #expect(refusal(base) == nil)
  }

  @Test(
    "A name of this machine has fixed addresses, and no other has",
    arguments: [
      ("http://app.localhost:3000", "app.localhost:3000:127.0.0.1,[::1]"), ("http://localhost", "localhost:80:127.0.0.1,[::1]"),
      ("https://x.localhost:", "x.localhost:443:127.0.0.1,[::1]"), ("https://h.example", nil), ("http://127.0.0.1", nil),
    ])
  func pinned(base: String, wanted: String?) throws {
    let found = try Endpoint(options([(.baseURL, base)])).pinned
    #expect(found.map { String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) } == wanted)
  }

  @Test(
    "A host that only looks like this machine is another one, and http to it is refused",
    arguments: [
      "http://example.com", "http://127.0.0.1.evil.com", "http://localhost.evil.com", "http://localhost.", "http://127.1",
      "http://127.0.0.1.",
      "http://0.0.0.0", "http://2130706433", "http://0x7f.1", "http://0177.0.0.1", "http://127.0.0.01", "http://127.0.0.256",
      "http://1270.0.0.1",
      "http://128.0.0.1", "http://12.7.0.0", "http://[::]", "http://[::2]", "http://[::ffff:192.0.2.1]", "http://[fe80::1]",
      "http://evillocalhost",
      "http://%6Cocalhost", "http://localhost%2eevil.com", "http://local_host", "http://127.0.0.1%00.evil.com",
      "http://10.0.0.1", "http://192.168.0.1", "http://.localhost", "http://-a.localhost", "http://+a.localhost",
      "http://evil.com%2f.localhost", "http://a.localhost.",
    ])
  func notLoopback(base: String) {
    let found = refusal(base)
    #expect(found?.status == .invalidOption && found?.fieldText == "base_url")
    #expect(found?.messageText.contains("allow_insecure_http=true") == true, "\(String(describing: found))")
    #expect(refusal(base, [(.allowInsecureHTTP, "true")]) == nil)
  }

  @Test(
    "A URL that is not a server's is refused, whatever is allowed",
    arguments: [
      "https://user@h.example", "https://user:password@h.example", "http://127.0.0.1@evil.com",
      "http://localhost:3000@evil.com", "https://@h",
      "https://h.example?x=1", "https://h.example/?", "https://h.example#", "https://h.example/#/x", "ftp://h.example",
      "file:///etc/passwd",
      "ws://localhost", "javascript:alert(1)", "https:", "https:/", "https://", "https:///x", "https:h.example", "h.example",
      "//h.example", "/x",
      "https://h example", "https://h.example/é", "https://h.example\\@evil.com", "https://[::1", "https://[x]",
      "https://h.example:8x",
      "https://h:65536", "https://h:99999", "https://h:0", "https://h:99999999999999999999", "https://[fe80::1%25eth0]",
    ])
  func refuses(base: String) {
    let found = refusal(base, [(.allowInsecureHTTP, "true")])
    #expect(found?.status == .invalidOption && found?.fieldText == "base_url")
    #expect(found?.messageText.contains("expected") == true)
    #expect(found?.description.contains("password") == false && found?.description.contains("evil") == false)
  }
}
