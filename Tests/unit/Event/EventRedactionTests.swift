// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import TPCCore

@Suite("Redaction of URLs")
struct EventRedactionTests {
  private func redact(_ url: String, _ names: String = "token,api_key,code") throws -> String {
    let redaction = try Redaction(Array(names.utf8))
    return withBytes(url) { bytes in writtenText { redaction.apply(to: bytes, into: &$0) } }
  }

  @Test(
    "The values of named parameters are replaced, in query and fragment",
    arguments: [
      ("https://h/a?token=abc", "https://h/a?token=REDACTED"),
      ("https://h/?a=1&token=abc&b=2", "https://h/?a=1&token=REDACTED&b=2"),
      ("https://h/#token=abc&x=1", "https://h/#token=REDACTED&x=1"), ("https://h/?x=1#token=abc", "https://h/?x=1#token=REDACTED"),
      ("https://h/?token=abc#top", "https://h/?token=REDACTED#top"), ("?code=1", "?code=REDACTED"), ("#code=1", "#code=REDACTED"),
      ("?token=a&token=b", "?token=REDACTED&token=REDACTED"), ("?token=", "?token=REDACTED"), ("?token=a=b==", "?token=REDACTED"),
      ("?token=a?b", "?token=REDACTED"), ("?token=a;b&c=d", "?token=REDACTED&c=d"), ("?a=1;token=x", "?a=1;token=REDACTED"),
      ("#/route?token=x", "#/route?token=REDACTED"), ("?a?token=x", "?a?token=REDACTED"), ("?&&token=x", "?&&token=REDACTED"),
      // However the name is written.
      ("?TOKEN=x&Api_Key=y", "?TOKEN=REDACTED&Api_Key=REDACTED"), ("?%74oken=x", "?%74oken=REDACTED"),
      ("?%54%4F%4B%45%4e=x", "?%54%4F%4B%45%4e=REDACTED"), ("?api%5Fkey=x", "?api%5Fkey=REDACTED"),
    ])
  func replaces(url: String, wanted: String) throws {
    #expect(try redact(url) == wanted)
  }

  @Test(
    "Nothing else is touched",
    arguments: [
      "https://h/a", "https://h/token=abc", "https://h/?a=token", "https://h/?tokens=1&xtoken=2",
      "https://h/?token",
      "https://h/?token&a=1", "?=token", "?", "#", "?#", "", "https://h/?%74oke=1", "?%zz=1", "?%=1", "?toke%6=1",
      "?to~ken=1", "?token%00=1", "https://h/?tokens%3Dx", "https://h/?next=%2Fa%3Fx%3D1%26tokens%3D2", "https://h/;a=token/b;tokens=1",
      "https://h/@token", "mailto:a@b.example", "https://h/?q=a@b&r=%40", "/u:p@h/", "https://h/caf%C3%A9/%3D", "?a[b]=token", "?[=1&]=2",
    ])
  func leaves(url: String) throws {
    #expect(try redact(url) == url)
  }

  @Test("An empty list redacts nothing, and blanks and empty names in a list do not count")
  func lists() throws {
    #expect(try redact("?token=x&=y", "") == "?token=x&=y")
    #expect(try redact("?token=x&=y", ",, ,") == "?token=x&=y")
    #expect(try redact("?token=x&b=y", " token , B ") == "?token=REDACTED&b=REDACTED")
  }

  @Test("A name of up to 64 bytes is found, and a longer one is refused rather than never found")
  func longNames() throws {
    for length in [1, 20, 63, 64] {
      let name = String(repeating: "n", count: length)
      let text = try completed(try visit("https://h/?\(name)=s3cret&\(name)x=1"), [(.redactQuery, name)])
      #expect(member(text, "page", "href") == "https://h/?\(name)=REDACTED&\(name)x=1", "\(length) bytes")
      let escaped = String(repeating: "%6e", count: length)
      #expect(try redact("?\(escaped)=s3cret", name) == "?\(escaped)=REDACTED", "\(length) bytes")
    }
    for length in [65, 70, 1000] {
      let refusal = failure { () throws(Failure) in _ = try Redaction([UInt8](repeating: 0x6E, count: length)) }
      #expect(refusal?.status == .invalidOption && refusal?.fieldText == "redact_query", "\(length) bytes")
    }
  }

  @Test("Every URL of an event is redacted, and nothing else")
  func fields() throws {
    let event = try visit("https://h/?token=s3cret") {
      try $0.set(.pagePathname, "/p?token=s3cret")
      try $0.set(.pageCanonicalUrl, "https://h/c#code=s3cret")
      try $0.set(.requestReferrer, "https://r/?a=1&api_key=s3cret")
      try $0.set(.pageTitle, "?token=kept")
      try $0.setProperty("u", "https://h/?token=kept")
    }
    let text = try completed(event)
    #expect(text?.contains("s3cret") == false)
    #expect(member(text, "page", "href") == "https://h/?token=REDACTED" && member(text, "page", "pathname") == "/p?token=REDACTED")
    #expect(member(text, "page", "canonicalUrl") == "https://h/c#code=REDACTED")
    #expect(member(text, "request", "referrer") == "https://r/?a=1&api_key=REDACTED")
    #expect(member(text, "page", "title") == "?token=kept" && member(text, "properties", "u") == "https://h/?token=kept")
  }

  @Test(
    "JSON escapes hide nothing",
    arguments: [
      #"https://r/?token=s3cret\"x"#, #"https://r/\u003ftoken=s3cret"#, #"https://r/\u0023token=s3cret"#,
      #"https://r/?x=1\u0026token=s3cret"#,
      #"https://r/?t\u006fken=s3cret"#, #"https://r/?token\u003ds3cret"#, #"https:\/\/r\/?token=s3cr\u0065t"#,
      #"\u003Ftoken=s3cret"#,
    ])
  func escapes(referrer: String) throws {
    let text = try completed(json: "{\"event\":\"page_visit\",\"page\":{\"href\":\"x:y\",\"pathname\":\"\(referrer)\"},\"request\":{\"referrer\":\"\(referrer)\"}}")
    for value in [member(text, "request", "referrer"), member(text, "page", "pathname")] {
      #expect(value?.hasSuffix("=REDACTED") == true)
      #expect(value?.contains("s3cr") == false)
    }
  }

  @Test("Text with escapes and nothing to hide is sent as it is")
  func keepsEscapes() throws {
    let text = try completed(json: #"{"event":"page_visit","page":{"href":"x:y"},"request":{"referrer":"https:\/\/r\/?a=\u0062\""}}"#)
    #expect(text?.contains(#""referrer":"https://r/?a=b\"""#) == true)
  }

  @Test(
    "A user's name and password never leave",
    arguments: [
      ("https://user:hunter2@h/a", "https://h/a"), ("https://user@h", "https://h"), ("https://u:p@q@h:8/a@b?c@d", "https://h:8/a@b?c@d"),
      ("https://@h/", "https://h/"), ("ftp://u:p@h#x", "ftp://h#x"), ("https://h/?q=https://u:p@i/", "https://h/?q=REDACTED"),
      ("https://h/?q=https%3A%2F%2Fu%3Ap%40i%2F&r=1", "https://h/?q=REDACTED&r=1"),
      ("https://h/?q=https%253A%252F%252Fu%253Ap%2540i%252F", "https://h/?q=REDACTED"),
      ("https://h/fetch/https%3A%2F%2Fu%3Ap%40i%2F/x", "https://h/fetch/REDACTED/x"),
      ("//u:p@h/", "//h/"), ("//u@h/", "//h/"), ("http:/u:p@h", "http:/h"), ("http:/u:p@/h:x/", "http:/REDACTED/h:x/"), ("https:\\\\u:p@h\\a", "https:\\\\h\\a"), ("x:////u:p@h", "x:////h"), ("/a//u:p@h/", "/a//h/"),
      ("/a//u@h/http:/u@h", "/a//u@h/http:/u@h"), ("?a=/x//u:p@h", "?a=REDACTED"), ("?a={\"b\":\"https:\\/\\/u@h\"}", "?a=REDACTED"),
    ])
  func userinfo(url: String, wanted: String) throws {
    for names in ["token", ""] { #expect(try redact(url, names) == wanted) }
  }

  @Test(
    "A secret in brackets, in the path's parameters or within another value is redacted, too",
    arguments: [
      ("?token[]=x", "?token[]=REDACTED"), ("?token%5B%5D=x&a=1", "?token%5B%5D=REDACTED&a=1"), ("?user[token]=x", "?user[token]=REDACTED"),
      ("?user%5btoken%5d=x", "?user%5btoken%5d=REDACTED"), ("?token[a][0]=x", "?token[a][0]=REDACTED"), ("?a%5B%74oken%5D=x", "?a%5B%74oken%5D=REDACTED"),
      ("https://h/a;token=x/b;c=d", "https://h/a;token=REDACTED/b;c=d"), ("/a;v=1;Token=x;w=2", "/a;v=1;Token=REDACTED;w=2"),
      ("/a;%74oken=x?b=1", "/a;%74oken=REDACTED?b=1"), ("?next=%2Freset%3Ftoken%3Dsecret", "?next=REDACTED"),
      ("?next=%2Freset%3ftoken%3dsecret&b=1#c", "?next=REDACTED&b=1#c"), ("?next=%252Fr%253Fa%253D1%2526code%253Dsecret", "?next=REDACTED"),
      ("?next=%25252Fr%25253Ftoken%25253Dsecret", "?next=REDACTED"), ("?state=token%3Dsecret", "?state=REDACTED"), ("?state=token=secret", "?state=REDACTED"),
      ("?a=1&r=%26token%3Dx", "?a=1&r=REDACTED"), ("?next=%2Fa;b%3Ftoken%3Dx", "?next=REDACTED"), ("?next=/a?b=1&token=x", "?next=/a?b=1&token=REDACTED"),
      ("#state=%2Fa%23token%3Dx", "#state=REDACTED"), ("/login/%2Fr%3Ftoken%3Dx/y", "/login/REDACTED/y"), ("?n=%2Fr%3Fu%255Btoken%255D%3Dx", "?n=REDACTED"),
      ("?token%3Dx&b=1", "?REDACTED&b=1"), ("/a%3Btoken=x/b;c=1", "/REDACTED/b;c=1"), ("/a;token%3Dx;b=1", "/a;REDACTED;b=1"), ("/a&token=x&b=1", "/a&token=REDACTED&b=1"),
      ("?a=b=token=c", "?a=REDACTED"), ("?a.token=x&to-ken=x&to+ken=x", "?a.token=REDACTED&to-ken=REDACTED&to+ken=REDACTED"),
      ("?a%252525255Btoken=x", "?a%252525255Btoken=x"), ("?a%2525255Btoken=x", "?a%2525255Btoken=REDACTED"),
      ("?q={'a':1,\"token\":2}", "?q=REDACTED"), ("/;q=a,token=x/b", "/;REDACTED/b"),
    ])
  func hidden(url: String, wanted: String) throws {
    #expect(try redact(url) == wanted)
    #expect(member(try completed(try visit("x:y") { try $0.set(.requestReferrer, url) }, [(.redactQuery, "token,code")]), "request", "referrer") == wanted)
  }

  @Test("A path that is taken from the URL has lost its secrets, too")
  func derived() throws {
    let text = try completed(try visit("https://u:p@h/a;token=s3cret/b"))
    #expect(member(text, "page", "pathname") == "/a;token=REDACTED/b" && member(text, "page", "domain") == "h")
    #expect(text?.contains("s3cret") == false && text?.contains("u:p") == false)
  }

  @Test("A URL that needs no change is recognized at a glance", arguments: ["https://h/a?b=c&d=e#f=g", "https://h/caf%C3%A9?q=%C3%A9", "https://h/a;b=c"])
  func glance(url: String) throws {
    let redaction = try Redaction(Array("token".utf8))
    withBytes(url) { #expect(!redaction.concerns($0)) }
  }

  @Test("The default list holds what its row in the table names, and no everyday parameter")
  func defaults() throws {
    let names = String(decoding: OptionTable.row(.redactQuery).standard.bytes, as: UTF8.self).split(separator: ",")
    #expect(names.count == 47)
    for name in names {
      #expect(member(try completed(try visit("https://h/?\(name)=s")), "page", "href") == "https://h/?\(name)=REDACTED")
    }
    let plain = "https://h/?q=1&utm_source=chatgpt.com&page=2&id=3&key=4&seed=5"
    #expect(member(try completed(try visit(plain)), "page", "href") == plain)
  }

  /// The result of redaction, written the plain way: split at the separators, look at each piece.
  private func model(_ url: String, _ names: Set<String>) -> String {
    func decoded(_ text: some StringProtocol) -> String { text.removingPercentEncoding ?? String(text) }
    func isNamed(_ name: some StringProtocol) -> Bool {
      let own = name.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
      return [String(name), String(own)].contains { names.contains(decoded($0).lowercased()) }
    }
    /// Whether a text without percent-encoding holds a parameter: whatever is before a '='.
    func holds(_ text: some StringProtocol) -> Bool {
      text.split { "&#;?".contains($0) }.contains { piece in
        piece.split(separator: "=", omittingEmptySubsequences: false).dropLast().contains { isNamed($0) }
      }
    }
    func path(_ text: Substring) -> String {
      text.split(separator: "/", omittingEmptySubsequences: false).map { part in
        part.split(separator: "&", omittingEmptySubsequences: false).enumerated().map { group, pieces in
          pieces.split(separator: ";", omittingEmptySubsequences: false).enumerated().map { place, piece in
            let name = piece.prefix { $0 != "=" }
            if group + place == 0 { return String(piece) }
            if name.count < piece.count && isNamed(name) { return name + "=REDACTED" }
            return holds(piece) || holds(decoded(piece)) ? "REDACTED" : String(piece)
          }.joined(separator: ";")
        }.joined(separator: "&")
      }.joined(separator: "/")
    }
    let start = url.firstIndex { $0 == "?" || $0 == "#" } ?? url.endIndex
    var output = path(url[..<start])
    var rest = url[start...]
    var checked = url.startIndex
    while let separator = rest.first {
      output.append(separator)
      rest = rest.dropFirst()
      let name = rest.prefix { !"=&#;?".contains($0) }
      output += name
      rest = rest[name.endIndex...]
      guard rest.first == "=" else { continue }
      output.append("=")
      rest = rest.dropFirst()
      let whole = rest.prefix { !"&#".contains($0) }
      let piece = rest.prefix { !"&#;?".contains($0) }
      let value = String(checked < whole.endIndex ? whole : piece)
      if isNamed(name) || holds(piece) || value.contains("%") && holds(decoded(value)) {
        output += "REDACTED"
        rest = rest[whole.endIndex...]
      } else {
        output += piece
        rest = rest[piece.endIndex...]
        checked = whole.endIndex
      }
    }
    return output
  }

  @Test("An event's URL is redacted as a simple implementation does it, for thousands of random ones", arguments: 0..<4 as Range<UInt64>)
  func random(seed: UInt64) throws {
    var random = Random(seed: seed)
    let preview = try EventPreview(options([(.redactQuery, "a,token,b%,zz")]))
    let pieces = ["?", "#", "&", ";", "=", "a", "A", "token", "%74oken", "%61", "z", "zz", "%7A", "/", "1", "b", "x%3D"]
    for _ in 0..<1500 {
      let tail = (0..<Int.random(in: 0...14, using: &random)).map { _ in random.pick(pieces) }.joined()
      // The fragment may hold no '#'.
      let parts = tail.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let url = "https://h/" + (parts.count == 2 ? parts[0] + "#" + parts[1].replacing("#", with: "") : Substring(tail))
      var text = ByteBuffer()
      _ = try preview.append(try visit(url), to: &text)
      #expect(member(string(text.bytes), "page", "href") == model(url, ["a", "token", "b%", "zz"]), "seed \(seed): \(url)")
    }
  }
}
