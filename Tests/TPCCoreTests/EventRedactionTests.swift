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
      "https://h/a", "https://h/token=abc", "https://token=abc@h/", "https://h/?a=token", "https://h/?tokens=1&xtoken=2",
      "https://h/?token",
      "https://h/?token&a=1", "?=token", "?", "#", "?#", "", "?a=b=token=c", "https://h/?%74oke=1", "?%zz=1", "?%=1", "?toke%6=1",
      "?to ken=1", "?token%00=1", "https://h/?q=1&r=%26token%3Dx",
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

  @Test("Every URL of an event is redacted, and nothing that is no URL")
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

  @Test("Text with escapes and nothing to hide keeps its escapes")
  func keepsEscapes() throws {
    let text = try completed(json: #"{"event":"page_visit","page":{"href":"x:y"},"request":{"referrer":"https:\/\/r\/?a=\u0062"}}"#)
    #expect(text?.contains(#""referrer":"https:\/\/r\/?a=\u0062""#) == true)
  }

  @Test("The default list holds what its row in the table names, and no everyday parameter")
  func defaults() throws {
    let names = String(decoding: OptionTable.row(.redactQuery).standard.bytes, as: UTF8.self).split(separator: ",")
    #expect(names.count == 13)
    for name in names {
      #expect(member(try completed(try visit("https://h/?\(name)=s")), "page", "href") == "https://h/?\(name)=REDACTED")
    }
    let plain = "https://h/?q=1&utm_source=chatgpt.com&page=2&id=3&key=4&session=5"
    #expect(member(try completed(try visit(plain)), "page", "href") == plain)
  }

  /// What redaction comes to, written the plain way: split at the separators, look at each piece.
  private func model(_ url: String, _ names: Set<String>) -> String {
    let text = Array(url)
    guard let start = text.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return url }
    var output = String(text[..<start])
    var at = start
    while at < text.count {
      output.append(text[at])
      at += 1
      var name = ""
      while at < text.count, !"=&#;?".contains(text[at]) {
        name.append(text[at])
        at += 1
      }
      output += name
      guard at < text.count, text[at] == "=" else { continue }
      let isNamed = names.contains((name.removingPercentEncoding ?? name).lowercased())
      output.append("=")
      at += 1
      if isNamed { output += "REDACTED" }
      while at < text.count, !(isNamed ? "&#" : "&#;?").contains(text[at]) {
        if !isNamed { output.append(text[at]) }
        at += 1
      }
    }
    return output
  }

  @Test("An event's URL is redacted as a plain reading of it says, for thousands of random ones", arguments: 0..<4 as Range<UInt64>)
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
