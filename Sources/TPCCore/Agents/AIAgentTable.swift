// SPDX-License-Identifier: Apache-2.0

/// The AI agents whose operators publish them, one row each: to add an agent, add its row. Search engine crawlers that
/// also feed AI answers (Googlebot, bingbot) are not included, nor are tokens that exist only in robots.txt
/// (Google-Extended). Not an ordinary array: that would be built on first use, under a lock that a child forked at that
/// moment would find taken forever.
enum AIAgentTable {
  static let rows: InlineArray<_, AIAgent> = [
    AIAgent(name: "GPTBot", operatorName: "OpenAI", purpose: .training, source: openAI),
    AIAgent(name: "OAI-SearchBot", operatorName: "OpenAI", purpose: .search, source: openAI),
    AIAgent(name: "ChatGPT-User", operatorName: "OpenAI", purpose: .user, source: openAI),
    AIAgent(name: "ClaudeBot", operatorName: "Anthropic", purpose: .training, source: anthropic),
    AIAgent(name: "Claude-SearchBot", operatorName: "Anthropic", purpose: .search, source: anthropic),
    AIAgent(name: "Claude-User", operatorName: "Anthropic", purpose: .user, source: anthropic),
    AIAgent(name: "PerplexityBot", operatorName: "Perplexity", purpose: .search, source: perplexity),
    AIAgent(name: "Perplexity-User", operatorName: "Perplexity", purpose: .user, source: perplexity),
    AIAgent(name: "Google-CloudVertexBot", operatorName: "Google", purpose: .search, source: googleCrawlers),
    AIAgent(name: "Google-Agent", operatorName: "Google", purpose: .user, source: googleFetchers),
    AIAgent(name: "Google-GeminiNotebook", operatorName: "Google", purpose: .user, source: googleFetchers),
    AIAgent(name: "Google-NotebookLM", operatorName: "Google", purpose: .user, source: googleFetchers),
    AIAgent(name: "meta-externalagent", operatorName: "Meta", purpose: .training, source: meta),
    AIAgent(name: "meta-webindexer", operatorName: "Meta", purpose: .search, source: meta),
    AIAgent(name: "meta-externalfetcher", operatorName: "Meta", purpose: .user, source: meta),
    AIAgent(
      name: "FacebookBot", operatorName: "Meta", purpose: .training,
      source: "https://developers.facebook.com/docs/sharing/bot/"),
    AIAgent(name: "MistralAI-Training", operatorName: "Mistral AI", purpose: .training, source: mistral),
    AIAgent(name: "MistralAI-Index", operatorName: "Mistral AI", purpose: .search, source: mistral),
    AIAgent(name: "MistralAI-User", operatorName: "Mistral AI", purpose: .user, source: mistral),
    AIAgent(name: "Amazonbot", operatorName: "Amazon", purpose: .training, source: amazon),
    AIAgent(name: "Amzn-SearchBot", operatorName: "Amazon", purpose: .search, source: amazon),
    AIAgent(name: "Amzn-User", operatorName: "Amazon", purpose: .user, source: amazon),
    AIAgent(
      name: "Applebot", operatorName: "Apple", purpose: .search, source: "https://support.apple.com/en-us/119829"),
    AIAgent(
      name: "DuckAssistBot", operatorName: "DuckDuckGo", purpose: .user,
      source: "https://duckduckgo.com/duckduckgo-help-pages/results/duckassistbot/"),
    AIAgent(name: "YouBot", operatorName: "You.com", purpose: .search, source: "https://about.you.com/youbot/"),
    AIAgent(name: "CCBot", operatorName: "Common Crawl", purpose: .training, source: "https://commoncrawl.org/ccbot"),
    AIAgent(name: "AI2Bot", operatorName: "Ai2", purpose: .training, source: "https://allenai.org/crawler"),
    AIAgent(
      name: "Bytespider", operatorName: "ByteDance", purpose: .training,
      source: "https://github.com/ai-robots-txt/ai.robots.txt"),
  ]

  private static let openAI: StaticString = "https://developers.openai.com/api/docs/bots"
  private static let anthropic: StaticString = "https://support.claude.com/en/articles/8896518"
  private static let perplexity: StaticString = "https://docs.perplexity.ai/guides/bots"
  private static let googleCrawlers: StaticString =
    "https://developers.google.com/crawling/docs/crawlers-fetchers/google-common-crawlers"
  private static let googleFetchers: StaticString =
    "https://developers.google.com/crawling/docs/crawlers-fetchers/google-user-triggered-fetchers"
  private static let meta: StaticString = "https://developers.facebook.com/docs/sharing/webmasters/web-crawlers/"
  private static let mistral: StaticString = "https://docs.mistral.ai/robots"
  private static let amazon: StaticString = "https://developer.amazon.com/amazonbot"
}
