// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("AI agents")
struct AIAgentTests {
  private func agent(_ userAgent: String) -> String? {
    withBytes(userAgent) { AIAgent.named(in: $0) }.map { string($0.name) }
  }

  @Test(
    "User agents as the operators send them name their agent",
    arguments: [
      ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2; +https://openai.com/gptbot", "GPTBot"),
      ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot)", "ChatGPT-User"),
      (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "ClaudeBot"
      ),
      (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)",
        "Perplexity-User"
      ),
      ("meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)", "meta-externalagent"),
      ("Meta-ExternalFetcher/1.1", "meta-externalfetcher"), ("CCBot/2.0 (https://commoncrawl.org/faq/)", "CCBot"),
      (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 "
          + "Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)", "Applebot"
      ),
      ("Mozilla/5.0 (compatible; Google-CloudVertexBot; +https://cloud.google.com/enterprise-search)", "Google-CloudVertexBot"),
      ("GPTBot", "GPTBot"), ("gptbot", "GPTBot"), ("Mozilla/5.0 (compatible) AI2Bot (+https://www.allenai.org/crawler)", "AI2Bot"),
      ("Mozilla/5.0 (compatible; Amazonbot-Video/0.1)", "Amazonbot-Video"), ("'GPTBot'", "GPTBot"), ("\"GPTBot/1.2\"", "GPTBot"),
    ])
  func named(userAgent: String, name: String) {
    #expect(agent(userAgent) == name)
  }

  @Test(
    "An impostor's substring, a URL or a browser does not name an agent",
    arguments: [
      "notGPTBot/1.2", "GPTBotanist/1.2", "my-GPTBot", "GPTBot-like", "GPTBot.example", "GPT Bot", "ClaudeBot2/1.0", "éGPTBot",
      "Mozilla/5.0 (compatible; Other/1.0; +https://example.com/GPTBot)", "x@GPTBot", "", " ", "/GPTBot/", "GPTBot:1",
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
      "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "ChatGPT-Users/1.0",
      "Amazonbot-Audio", "GPTBot\0", "\0GPTBot", "GPTBot\0OpenAI", "OpenAI", "t", "\u{7f}GPTBot", "~GPTBot", "GPTBot~",
    ])
  func impostors(userAgent: String) {
    #expect(agent(userAgent) == nil)
  }

  @Test("Every row of the table is found by its name, in any case, and says operator and purpose")
  func table() {
    let texts = string(AIAgentTable.text.bytes).dropFirst().dropLast().split(separator: "\0", omittingEmptySubsequences: false)
    #expect(texts.count >= 75 * 3 && texts.count % 3 == 0)
    for start in stride(from: 0, to: texts.count, by: 3) {
      if texts[start].first == "@" {
        let agent = withBytes(String(texts[start])) { AIAgent.signing(as: $0, nil) }
        #expect(agent.map { string($0.name) } == String(texts[start + 1]))
        continue
      }
      // What signs its requests may have a name that is not a product token.
      if texts[start].contains(" ") { continue }
      for name in [String(texts[start]), texts[start].lowercased(), texts[start].uppercased()] {
        withBytes(name + "/1.0") { userAgent in
          let found = AIAgent.named(in: userAgent)
          #expect(found.map { string($0.name) } == String(texts[start]))
          #expect(found.map { string($0.operatorName) } == String(texts[start + 1]))
          #expect(found.map { Character(UnicodeScalar($0.purpose.rawValue)) } == texts[start + 2].first)
        }
      }
      #expect(texts[start].utf8.count + texts[start + 1].utf8.count < 100, "the writer's bound for a label is 200 bytes")
    }
  }

  @Test("The words of two sets hold the characters that their comments name")
  func characters() {
    for byte in UInt8.min...UInt8.max {
      let character = Character(UnicodeScalar(byte))
      let isOfToken = byte >= 0x80 || character.isLetter || character.isNumber || "+-._".contains(character)
      #expect(UserAgentCharacter.isOfToken(byte) == isOfToken)
      #expect(UserAgentCharacter.isSeparator(byte) == " \t;,()[]\"'".contains(character))
    }
  }

  @Test("Labels are added for an agent, and the event's own properties of these names stay")
  func labels() throws {
    let settings: [(Option, String)] = [(.labelAIAgents, "true")]
    func properties(_ agent: String, _ properties: String) throws -> Substring? {
      let text = #"{"event":"page_visit","page":{"href":"x:y"},"request":{"userAgent":"\#(agent)"}\#(properties)}"#
      return try completed(json: text, settings)?.split(separator: #""properties":"#).dropFirst().first?.dropLast()
    }
    let all = #""aiAgent":"GPTBot","aiOperator":"OpenAI","aiPurpose":"training""#
    #expect(try properties("GPTBot/1.2", "") == "{\(all)}")
    #expect(try properties("GPTBot/1.2", #","properties":{}"#) == "{\(all)}")
    #expect(try properties("GPTBot/1.2", #","properties":{"a":1}"#) == #"{"a":1,\#(all)}"#)
    #expect(
      try properties("GPTBot/1.2", #","properties":{"\u0061iAgent":"mine","aiPurpose":null}"#)
        == #"{"aiAgent":"mine","aiPurpose":null,"aiOperator":"OpenAI"}"#)
    #expect(try properties(#"GPTBot\/1.2"#, "") == "{\(all)}", "many writers escape the slash")
    #expect(try properties("Firefox/140.0", "") == nil)
  }

  @Test("With only_ai_agents, only the visits of agents are taken")
  func only() throws {
    func isTaken(_ request: String) throws -> Bool {
      try completed(
        json: #"{"event":"page_visit","page":{"href":"x:y"},"request":\#(request)}"#, [(.onlyAIAgents, "true")]) != nil
    }
    #expect(try isTaken(#"{"userAgent":"ClaudeBot/1.0"}"#))
    #expect(try !isTaken(#"{"userAgent":"Firefox/140.0"}"#))
    #expect(try !isTaken(#"{"userAgent":null}"#))
    #expect(try !isTaken("{}"))
  }
}
