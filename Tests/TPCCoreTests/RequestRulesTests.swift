// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Web requests")
struct RequestRulesTests {
  @Test("A request becomes a visit with its URL, referrer, user agent, address and method")
  func whole() throws {
    let text = #"""
      {"method":"HEAD","scheme":"HTTPS","host":"Example.com:8443","target":"/a/b?c=d","remoteAddress":"2001:DB8::1","status":304,\#
      "headers":{"User-Agent":"GPTBot/1.2","referer":"https://chatgpt.com/","cookie":"secret","accept":["a",{"b":[1]}]}}
      """#
    #expect(
      try read(text).text == #"""
        {"event":"page_visit","page":{"href":"https://Example.com:8443/a/b?c=d"},"request":{"referrer":"https://chatgpt.com/",\#
        "userAgent":"GPTBot/1.2","clientIp":"2001:db8::1","method":"HEAD"}}
        """#)
  }

  @Test(
    "Null and absent members say nothing",
    arguments: [
      #"{"method":"GET","host":"h","target":"/"}"#,
      #"{"method":"GET","scheme":null,"host":"h","target":"/","remoteAddress":null,"status":null,"headers":null,"event":null}"#,
      #"{"method":"GET","host":"h","target":"/","headers":{"user-agent":null,"x-forwarded-for":[]}}"#,
    ])
  func absent(text: String) throws {
    #expect(
      try read(text).text == #"{"event":"page_visit","page":{"href":"http://h/"},"request":{"method":"GET"}}"#)
  }

  @Test(
    "What is no page is left out by the rule that says so",
    arguments: [
      (request(#""method":"POST""#), .method), (request(#""method":"get""#), .method),
      (request(#""status":301"#), .status), (request(#""status":404"#), .status), (request(#""status":500"#), .status),
      (request(#""target":"/a.CSS?b""#), .asset), (request(#""target":"http://h/a.js""#), .asset),
      (request(headers: #""sec-fetch-dest":"image""#), .destination),
      (request(headers: #""Sec-Fetch-Dest":"iframe""#), .destination),
      (request(headers: #""purpose":"prefetch""#), .prefetch), (request(headers: #""x-moz":"prefetch""#), .prefetch),
      (request(headers: #""Sec-Purpose":"prefetch;prerender""#), .prefetch),
      (request(headers: #""x-purpose":"preview""#), .prefetch),
    ] as [(String, LeftOut)])
  func leftOut(text: String, rule: LeftOut) throws {
    #expect(try read(text) == .leftOut(rule))
  }

  @Test(
    "What people and agents read is a page",
    arguments: [
      request(#""status":206"#), request(#""target":"/a.css/""#), request(#""target":"/llms.txt""#), request(#""target":"/a.pdf""#),
      request(#""target":"/?file=a.css""#), request(headers: #""sec-fetch-dest":"document","purpose":"x""#),
      request(headers: #""sec-fetch-dest":"""#),
    ])
  func pages(text: String) throws {
    #expect(try read(text).text.hasPrefix(#"{"event":"page_visit""#))
  }

  @Test(
    "Paths are included and excluded by patterns",
    arguments: [
      ("/a", "/a", "", true), ("/a", "/a/", "", false), ("/a/*", "/a/b/c", "", true), ("/a/*", "/a", "", false),
      ("*.html", "/x/y.html", "", true), ("/a, /b*", "/bc", "", true), ("/*/x/*/y", "/1/x/2/3/y", "", true),
      ("/*/x/*/y", "/1/x/y", "", false), ("", "/admin/x", "/admin/*", false), ("", "/admin", "/admin/*", true),
      ("/a*", "/ab", "*b", false), ("**a**", "/a", "", true), ("/A", "/a", "", false),
    ])
  func paths(included: String, path: String, excluded: String, isTaken: Bool) throws {
    let read = try read(request(#""target":"\#(path)?q=/z""#), [(.includePaths, included), (.excludePaths, excluded)])
    #expect((read != .leftOut(.path)) == isTaken)
  }

  @Test("A pattern of stars takes no more than the path's length times its own")
  func manyStars() throws {
    let path = "/" + String(repeating: "a", count: 3000) + "b"
    #expect(
      try read(request(#""target":"\#(path)""#), [(.includePaths, "/" + String(repeating: "*a", count: 1000) + "c")])
        == .leftOut(.path))
  }

  @Test("What the application adds counts before what the request says")
  func event() throws {
    let text = request(
      #""remoteAddress":"192.0.2.1","event":{"sessionId":"s","page":{"href":"https://x/y","title":null},"#
        + #""request":{"clientIp":null},"properties":{"a":1},"z":[]}"#, headers: #""user-agent":"A""#)
    #expect(
      try read(text).text == #"""
        {"event":"page_visit","sessionId":"s","page":{"href":"https://x/y","title":null},"request":{"userAgent":"A",\#
        "clientIp":null,"method":"GET"},"properties":{"a":1},"z":[]}
        """#)
  }

  @Test(
    "The page's URL is a valid one, whatever was requested",
    arguments: [
      ("/a b", "example.com", "http://example.com/a%20b"), ("/ü?ä=<>", "example.com", "http://example.com/%C3%BC?%C3%A4=%3C%3E"),
      ("//x/y", "example.com", "http://example.com//x/y"), ("/", "example.com:80", "http://example.com/"),
      ("http://other.com/p?q", "example.com", "http://other.com/p?q"), ("http://u:p@other.com:81", "h", "http://other.com:81"),
      ("/", "[2001:db8::1]:443", "http://[2001:db8::1]/"),
    ])
  func url(target: String, host: String, href: String) throws {
    let members = "\"target\":\"\(target)\",\"host\":\"\(host)\""
    #expect(try read(request(members)).text.contains("\"href\":\"\(href)\""))
  }

  @Test(
    "An error names the member, and holds nothing of its value",
    arguments: [
      (#"{"host":"h","target":"/"}"#, Status.invalidArgument, "/method"),
      (#"{"method":"GET","host":"h"}"#, .invalidArgument, "/target"),
      (#"{"method":"GET","target":"/"}"#, .invalidArgument, "/host"),
      (request(#""target":"secret""#), .invalidArgument, "/target"),
      (request(#""host":["secret"]"#), .invalidArgument, "/host"),
      (request(#""status":"secret""#), .invalidArgument, "/status"), (request(#""status":99"#), .invalidArgument, "/status"),
      (request(#""headers":"secret""#), .invalidArgument, "/headers"),
      (request(headers: #""FORWARDED":{"secret":1}"#), .invalidArgument, "/headers/forwarded"),
      (request(headers: #""x-forwarded-for":["a",2]"#), .invalidArgument, "/headers/x-forwarded-for"),
      (request(#""event":"secret""#), .invalidArgument, "/event"), (request(#""remote_addr":"secret""#), .invalidArgument, "/remote_addr"),
      (request(#""secret 1":2"#), .invalidArgument, ""), ("[]", .invalidArgument, ""), ("{", .invalidJSON, ""),
      (request(#""host":"secret host""#), .invalidEvent, "/page/href"),
      (request(#""event":{"page":{"title":7}}"#), .invalidEvent, "/page/title"),
    ])
  func refusals(text: String, status: Status, field: String) {
    let refusal = refusal(of: text)
    #expect(refusal?.status == status && refusal?.fieldText == field)
    #expect(refusal?.messageText.contains("secret") == false)
  }
}
