// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Web requests")
struct RequestRulesTests {
  @Test("Every part of a request has its slot")
  func parts() {
    let named = (0..<100).filter { WebRequest.Part(rawValue: $0) != nil }
    let known = (0..<WebRequest.Part.count).filter { WebRequest.Part.all &>> UInt64($0) & 1 == 1 }
    #expect(named == known)
  }

  @Test("A request becomes a visit with its URL, referrer, user agent, address and method")
  func whole() throws {
    let text = #"""
      {"method":"HEAD","scheme":"HTTPS","host":"Example.com:8443","target":"/a/b?c=d","remoteAddress":"2001:DB8::1","status":304,\#
      "headers":{"User-Agent":"GPTBot/1.2","referer":"https://chatgpt.com/","cookie":"secret","accept":["a",{"b":[1]}]}}
      """#
    #expect(
      try read(text).text == #"""
        {"event":"page_visit","page":{"href":"https://example.com:8443/a/b?c=d"},"request":{"referrer":"https://chatgpt.com/",\#
        "userAgent":"GPTBot/1.2","clientIp":"2001:db8::1","method":"HEAD"},"properties":{"status":304}}
        """#)
  }

  @Test(
    "Null and absent members are ignored",
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
    "A request that is not a page visit is left out by the rule that applies",
    arguments: [
      (request(#""method":"POST""#), .method), (request(#""method":"get""#), .method),
      (request(#""status":301"#), .status), (request(#""status":404"#), .status), (request(#""status":500"#), .status),
      (request(#""status":204"#), .status), (request(#""status":205"#), .status), (request(#""status":206"#), .status),
      (request(#""status":206"#, headers: #""range":"bytes=1-""#), .status),
      (request(#""target":"/a.CSS?b""#), .asset), (request(#""target":"/a.js","contentType":"""#), .asset),
      (request(#""contentType":"application/json""#), .contentType), (request(#""contentType":" image/png ;q""#), .contentType),
      (request(#""target":"/robots.txt""#), .machineFile), (request(#""target":"/a/feed/""#), .machineFile),
      (request(#""target":"/sitemap.xml","contentType":"text/xml""#), .machineFile),
      (request(#""target":"/healthz""#), .healthCheck), (request(#""target":"/health","contentType":"text/plain""#), .healthCheck),
      (request(headers: #""user-agent":"kube-probe/1.31""#), .healthCheck),
      (request(headers: #""user-agent":"Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)""#), .healthCheck),
      (request(#""host":"localhost:8000""#), .localHost), (request(#""host":"a.LOCALHOST""#), .localHost),
      (request(#""host":"127.1.2.3""#), .localHost), (request(#""host":"[::1]:80""#), .localHost),
      (request(#""host":"testserver""#), .localHost),
 (request(#""target":"http://h/a.js""#), .asset),
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
      request(#""status":206"#, headers: #""range":"bytes=0-99""#), request(#""target":"/a.css/""#),
      request(#""target":"/wiki/Node.js","contentType":"text/HTML; charset=utf-8""#), request(#""contentType":"application/pdf""#),
      request(#""target":"/feed","contentType":"text/html""#), request(#""target":"/health","contentType":"text/html""#),
      request(#""target":"/openapi.json""#, headers: #""user-agent":"GPTBot/1""#),
      request(#""target":"/a.md","contentType":"x/y""#, headers: #""user-agent":"GPTBot/1""#),
      request(#""host":"localhost.example.com""#), request(#""host":"128.0.0.1""#),
      request(headers: #""user-agent":"Mozilla/5.0 (compatible; bingbot/2.0)""#), request(#""target":"/llms.txt""#), request(#""target":"/a.pdf""#),
      request(#""target":"/?file=a.css""#), request(headers: #""sec-fetch-dest":"document","purpose":"x""#),
      request(headers: #""sec-fetch-dest":"""#),
    ])
  func pages(text: String) throws {
    #expect(try read(text).text.hasPrefix(#"{"event":"page_visit""#))
  }

  @Test("A path that include_paths names is a page, whatever its type")
  func includedTypes() throws {
    let included = [(Option.includePaths, "/api/*")]
    #expect(try read(request(#""target":"/api/a.js","contentType":"application/json""#), included) != .leftOut(.contentType))
    #expect(try read(request(#""target":"/b","contentType":"application/json""#), included) == .leftOut(.contentType))
    #expect(try read(request(#""target":"/api/a","status":404"#), included) == .leftOut(.status))
  }

  @Test("Errors count for whom track_errors says", arguments: [("none", false, false), ("ai", true, false), ("all", true, true)])
  func errors(whose: String, agents: Bool, others: Bool) throws {
    for status in [404, 410, 500, 599] {
      let members = "\"status\":\(status),\"contentType\":\"application/json\""
      let agent = try read(request(members, headers: #""user-agent":"GPTBot/1""#), [(.trackErrors, whose)])
      #expect((agent != .leftOut(.status)) == agents)
      #expect((try read(request(members), [(.trackErrors, whose)]) != .leftOut(.status)) == others)
    }
    #expect(try read(request(#""status":403"#), [(.trackErrors, whose)]) == .leftOut(.status))
  }

  @Test("This machine's names count when the endpoint is on this machine")
  func localEndpoint() throws {
    #expect(try read(request(#""host":"localhost:8000""#), hasLocalEndpoint: true).text.contains("http://localhost:8000/a"))
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

  @Test("A path is left out though it ends in a control character or a space", arguments: ["\\u001f", "\\t", " ", "\\u0000\\n"])
  func trailingControls(end: String) throws {
    #expect(try read(request(#""target":"/admin\#(end)""#), [(.excludePaths, "/admin")]) == .leftOut(.path))
    #expect(try read(request(#""target":"/style.css\#(end)""#), []) == .leftOut(.asset))
  }

  @Test(
    "A path that is left out is left out however it is written",
    arguments: [
      "/admin/x", "/%61dmin/x", "//admin/x", "/./admin/x", "/x/../admin/x", "/x/y/../../admin/x", "/../admin/x", "/admin;x/x", "/admin;v=1;w/x",
      "/%2e/admin/x", "/x/%2E%2e/admin/x", "/x%2f..%2fadmin/x", "/%5Cadmin/x", "///x//..//admin/x", "/admin%2Fx", "/%61%64min%3Bx/x", "/admin//x",
      "/admin/x/.", "/admin/./x/y/..",
    ])
  func disguises(path: String) throws {
    #expect(try read(request(#""target":"\#(path)?q=1""#), [(.excludePaths, "/admin/*")]) == .leftOut(.path))
    #expect(try read(request(#""target":"\#(path)""#), [(.excludePaths, "/%61dmin/*")]) == .leftOut(.path))
    #expect(try read(request(#""target":"\#(path)""#), [(.includePaths, "/admin/*")]) != .leftOut(.path))
    #expect(try read(request(#""target":"/blog\#(path)/../../../../..\#(path)""#), [(.includePaths, "/blog/*")]) == .leftOut(.path))
  }

  @Test("A path that only looks like one that is left out is taken", arguments: ["/admin", "/x/admin/..", "/admin/../x", "/admin%252Fx", "/admin.x/x", "/administrator"])
  func lookalikes(path: String) throws {
    #expect(try read(request(#""target":"\#(path)""#), [(.excludePaths, "/admin/?,/admin;x/y")]) != .leftOut(.path))
    #expect(try read(request(#""target":"\#(path.replacing("/admin/../x", with: "/x"))""#), [(.excludePaths, "/admin/*")]) != .leftOut(.path))
  }

  @Test("Patterns also match paths that are written as in the pattern", arguments: [("/caf%C3%A9/*", "/caf%C3%A9/a"), ("/a//*", "/a//b"), ("/a;v=1", "/a;v=1"), ("/é", "/%C3%A9")])
  func writtenPatterns(pattern: String, path: String) throws {
    #expect(try read(request(#""target":"\#(path)""#), [(.excludePaths, pattern)]) == .leftOut(.path))
    #expect(try read(request(#""target":"\#(path)""#), [(.includePaths, pattern)]) != .leftOut(.path))
    #expect(try read(request(#""target":"/other""#), [(.includePaths, pattern)]) == .leftOut(.path))
  }

  @Test("An asset is recognized however its extension is written", arguments: ["/app.j%73", "/app.js;v=1", "/app%2Ejs", "/x/..;/app.css", "/app.js/x/.."])
  func disguisedAssets(path: String) throws {
    #expect((try read(request(#""target":"\#(path)""#)) == .leftOut(.asset)) == !path.hasSuffix("/x/.."))
  }

  @Test(
    "A host with more in it than host and port makes no URL",
    arguments: [
      "e.com/evil", "e.com?x", "e.com#", "u:p@e.com", "e.com:80:80", "e com", "e.com\\\\x", "[::1", "[::1]x", "[e.com]", ":80", "e%com", "e.com:8x", "a,b",
    ])
  func hosts(host: String) throws {
    // A name may contain a comma (RFC 3986, section 3.2.2).
    let failure = refusal(of: request(#""host":"\#(host)""#))
    #expect((failure?.status == .invalidEvent && failure?.fieldText == "/page/href") == (host != "a,b"), "\(host)")
    #expect(try read(request(#""host":"\#(host)","target":"http://h/a""#)).text.contains(#""href":"http://h/a""#))
    let forwarded = request(#""remoteAddress":"10.0.0.1""#, headers: #""x-forwarded-host":"\#(host)""#)
    let wanted = host == "a,b" ? "b" : "example.com"
    #expect(try read(forwarded, [(.trustedProxies, "private")]).text.contains("\"href\":\"http://\(wanted)/a\""), "\(host)")
  }

  @Test("A host may be a name, an address and a port", arguments: ["e.com", "e.com:8080", "[::1]", "[::1]:8080", "192.0.2.1", "a_b", "%41", "localhost."])
  func goodHosts(host: String) throws {
    #expect(try read(request(#""host":"\#(host)""#), hasLocalEndpoint: true).text.contains(#""href":"http://\#(host)/a""#))
  }

  @Test("A scheme with more in it makes no URL", arguments: ["https://evil.example/?", "ht tp", "", "http:"])
  func schemes(scheme: String) {
    #expect(refusal(of: request(#""scheme":"\#(scheme)""#))?.fieldText == "/scheme")
  }

  @Test("Patterns match as in a simple implementation, for thousands of random ones")
  func randomPatterns() throws {
    func fits(_ path: Substring, _ pattern: Substring) -> Bool {
      guard let first = pattern.first else { return path.isEmpty }
      if first == "*" { return fits(path, pattern.dropFirst()) || !path.isEmpty && fits(path.dropFirst(), pattern) }
      return path.first == first && fits(path.dropFirst(), pattern.dropFirst())
    }
    var random = Random(seed: 11)
    for _ in 0..<4000 {
      let path = "/" + (0..<Int.random(in: 0...8, using: &random)).map { _ in random.pick(["a", "b"]) }.joined()
      let pattern = random.pick(["/", "*"]) + (0..<Int.random(in: 0...6, using: &random)).map { _ in random.pick(["a", "b", "*", "ab"]) }.joined()
      let isLeftOut = try read(request(#""target":"\#(path)""#), [(.excludePaths, pattern)]) == .leftOut(.path)
      #expect(isLeftOut == fits(path[...], pattern[...]), "\(pattern) on \(path)")
    }
  }

  @Test("A pattern of many stars is looked for once, however the path begins")
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
    "An error names the member, and shows nothing of its value",
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
