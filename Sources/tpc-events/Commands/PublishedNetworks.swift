// SPDX-License-Identifier: Apache-2.0

// Written by Sources/AITables/renew.py, from the tables beside it.

/// Where operators publish the networks of their agents.
enum PublishedNetworks {
  /// The agent's name and the URL of its list, by a number from 0; nil after the last one.
  static func row(_ number: Int) -> (name: StaticString, url: StaticString)? {
    switch number {
    case 0: ("GPTBot", "https://openai.com/gptbot.json")
    case 1: ("OAI-SearchBot", "https://openai.com/searchbot.json")
    case 2: ("ChatGPT-User", "https://openai.com/chatgpt-user.json")
    case 3: ("OAI-AdsBot", "https://openai.com/adsbot.json")
    case 4: ("ClaudeBot", "https://claude.com/crawling/bots.json")
    case 5: ("Claude-SearchBot", "https://claude.com/crawling/bots.json")
    case 6: ("Claude-User", "https://claude.com/crawling/bots.json")
    case 7: ("PerplexityBot", "https://www.perplexity.com/perplexitybot.json")
    case 8: ("Perplexity-User", "https://www.perplexity.com/perplexity-user.json")
    case 9: ("Google-Agent", "https://developers.google.com/static/crawling/ipranges/user-triggered-agents.json")
    case 10: ("Google-GeminiNotebook", "https://developers.google.com/static/crawling/ipranges/user-triggered-fetchers-google.json")
    case 11: ("Google-NotebookLM", "https://developers.google.com/static/crawling/ipranges/user-triggered-fetchers-google.json")
    case 12: ("MistralAI-Index", "https://mistral.ai/mistralai-index-ips.json")
    case 13: ("MistralAI-User", "https://mistral.ai/mistralai-user-ips.json")
    case 14: ("Applebot", "https://search.developer.apple.com/applebot.json")
    case 15: ("DuckAssistBot", "https://duckduckgo.com/duckassistbot.json")
    case 16: ("CCBot", "https://index.commoncrawl.org/ccbot.json")
    case 17: ("KimiBot", "https://www.kimi.com/policies/kimibot.json")
    case 18: ("Kimi-SearchBot", "https://www.kimi.com/policies/kimi-searchbot.json")
    case 19: ("Kimi-User", "https://www.kimi.com/policies/kimi-user.json")
    default: nil
    }
  }
}
