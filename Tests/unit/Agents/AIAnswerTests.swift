// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("AI answers")
struct AIAnswerTests {
  private func answer(_ referrer: String, _ href: String = "") -> [String]? {
    var found: AIAnswer?
    withBytes(referrer) { referrer in withBytes(href) { found = AIAnswer.from(referrer: referrer, href: $0) } }
    return found.map { [string($0.name), string($0.operatorName), string($0.evidence.name.bytes)] }
  }

  @Test("Every row of the table is found by its host, and names service and operator")
  func table() {
    let texts = string(AIAnswerTable.text.bytes).dropFirst().dropLast().split(separator: "\0", omittingEmptySubsequences: false)
    #expect(texts.count > 90 && texts.count % 3 == 0)
    for start in stride(from: 0, to: texts.count, by: 3) {
      let (host, service) = (String(texts[start]), [String(texts[start + 1]), String(texts[start + 2])])
      // A bare name is only a campaign's source: as a host, it is in the visitor's own network.
      #expect(answer("https://\(host)/") == (host.contains(".") ? service + ["referrer"] : nil))
      #expect(answer("", "https://example.com/?utm_source=\(host.uppercased())") == service + ["utm"])
      #expect(answer("https://x\(host)/") == nil)
      #expect(service.joined().utf8.count < 100, "the writer's bound for a label is 200 bytes")
    }
  }

  @Test("A subdomain, a port and a last dot belong to the host; a path only to a row that has one")
  func hosts() {
    let chatGPT = ["ChatGPT", "OpenAI", "referrer"]
    for host in ["a.b.CHATGPT.com", "chatgpt.com:443", "chatgpt.com.", "me@chatgpt.com", "chatgpt.com?q", "chatgpt.com#q"] {
      #expect(answer("https://" + host) == chatGPT)
    }
    for other in ["chatgpt.com.example", "chatgpt.org", "chatgpt", ".com", ".", "..", "[::1]", "example/chatgpt.com", "chatgpt.com.."] {
      #expect(answer("https://" + other) == nil)
    }
    #expect(answer("https://www.bing.com/chat/x") == ["Copilot", "Microsoft", "referrer"])
    #expect(answer("https://bing.com/chatter") == nil)
    #expect(answer("https://x.com/i/grok/1/2") == ["Grok", "xAI", "referrer"])
    #expect(answer("https://x.com/a/i/grok") == nil)
    #expect(answer("https://x.com:443/i/grok/1") == ["Grok", "xAI", "referrer"] && answer("https://bing.com./chat")?[0] == "Copilot")
    #expect(answer("https://x.com:443/a") == nil)
    #expect(answer(#"https://e.com\@chatgpt.com/"#) == nil && answer(#"https://chatgpt.com\@e.com/"#) == chatGPT)
    #expect(answer("chatgpt.com/") == nil, "a text that is not a URL")
  }

  @Test("utm_source counts as the first parameter of its name, and after the referrer")
  func utmSource() {
    let chatGPT = ["ChatGPT", "OpenAI", "utm"]
    #expect(answer("https://example.com/", "https://e.com/?a&utm_source=openai&b") == chatGPT)
    #expect(answer("https://claude.ai/", "https://e.com/?utm_source=openai")?[0] == "Claude")
    for query in ["?utm_source=x&utm_source=openai", "#utm_source=openai", "?my_utm_source=openai", "?utm_source", "?utm_source="] {
      #expect(answer("", "https://e.com/" + query) == nil)
    }
    #expect(answer("", "https://e.com/?UTM%5fsource=op%65nai") == chatGPT)
    #expect(answer("", "https://e.com/?u=%26utm_source=openai&%zz=1") == nil)
    #expect(answer("", "https://chatgpt.com/") == nil, "the page itself is not where the visitor came from")
  }

  @Test("Labels and only_ai look at the answer only when the user agent names no agent")
  func labels() throws {
    func written(_ request: String, _ settings: [(Option, String)]) throws -> String? {
      try completed(json: #"{"event":"page_visit","page":{"href":"x:y"},"request":\#(request)}"#, settings)
    }
    let label = #""properties":{"aiAnswer":"ChatGPT","aiAnswerOperator":"OpenAI","aiAnswerEvidence":"referrer"}"#
    let person = #"{"userAgent":"Firefox/140.0","referrer":"https:\/\/chatgpt.com\/"}"#
    let agent = #"{"userAgent":"ChatGPT-User/1.0","referrer":"https://chatgpt.com/"}"#
    #expect(try written(person, [(.labelAIAnswers, "true")])?.contains(label) == true)
    #expect(try written(person, [(.labelAIAgents, "true")])?.contains("properties") == false)
    #expect(try written(agent, [(.labelAIAnswers, "true")])?.contains("properties") == false)
    #expect(try written(person, [(.onlyAI, "true")])?.contains("properties") == false)
    #expect(try written(agent, [(.onlyAI, "true")]) != nil)
    #expect(try written("{}", [(.onlyAI, "true")]) == nil)
    #expect(try written(person, [(.onlyAI, "true"), (.onlyAIAgents, "true")]) == nil)
  }
}
