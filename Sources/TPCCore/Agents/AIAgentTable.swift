// SPDX-License-Identifier: Apache-2.0

// Written by Sources/AITables/renew.py, from the tables beside it.

/// The AI agents: product token, operator, and the purpose's first letter; and @ with a host, and who signs as it.
enum AIAgentTable: NameTable {
  static let text: StaticString = """
    \0GPTBot\0OpenAI\0t\
    \0OAI-SearchBot\0OpenAI\0s\
    \0ChatGPT-User\0OpenAI\0u\
    \0OAI-AdsBot\0OpenAI\0s\
    \0ChatGPT agent\0OpenAI\0a\
    \0ClaudeBot\0Anthropic\0t\
    \0Claude-SearchBot\0Anthropic\0s\
    \0Claude-User\0Anthropic\0u\
    \0claude-code\0Anthropic\0u\
    \0Claude-Web\0Anthropic\0t\
    \0anthropic-ai\0Anthropic\0t\
    \0PerplexityBot\0Perplexity\0s\
    \0Perplexity-User\0Perplexity\0u\
    \0PerplexityUser\0Perplexity\0u\
    \0Google-CloudVertexBot\0Google\0s\
    \0CloudVertexBot\0Google\0s\
    \0Google-Agent\0Google\0a\
    \0GoogleAgent-Mariner\0Google\0a\
    \0GoogleAgent-URLContext\0Google\0u\
    \0Google-GeminiNotebook\0Google\0u\
    \0Google-NotebookLM\0Google\0u\
    \0Gemini-Deep-Research\0Google\0u\
    \0Google-Gemini-CLI\0Google\0u\
    \0Google-Firebase\0Google\0u\
    \0meta-externalagent\0Meta\0t\
    \0meta-webindexer\0Meta\0s\
    \0meta-externalfetcher\0Meta\0u\
    \0meta-externalads\0Meta\0t\
    \0FacebookBot\0Meta\0t\
    \0MistralAI-Training\0Mistral AI\0t\
    \0MistralAI-Index\0Mistral AI\0s\
    \0MistralAI-User\0Mistral AI\0u\
    \0Amazonbot\0Amazon\0t\
    \0Amazonbot-Video\0Amazon\0t\
    \0Amzn-SearchBot\0Amazon\0s\
    \0Amzn-User\0Amazon\0u\
    \0AmazonBuyForMe\0Amazon\0a\
    \0NovaAct\0Amazon\0a\
    \0bedrockbot\0Amazon\0s\
    \0amazon-kendra\0Amazon\0s\
    \0KendraBot\0Amazon\0s\
    \0amazon-QBusiness\0Amazon\0s\
    \0Applebot\0Apple\0s\
    \0DuckAssistBot\0DuckDuckGo\0u\
    \0YouBot\0You.com\0s\
    \0CCBot\0Common Crawl\0t\
    \0AI2Bot\0Ai2\0t\
    \0Ai2Bot-Dolma\0Ai2\0t\
    \0AI2Bot-DeepResearchEval\0Ai2\0u\
    \0Bytespider\0ByteDance\0t\
    \0TikTokSpider\0ByteDance\0t\
    \0imageSpider\0ByteDance\0t\
    \0KimiBot\0Moonshot AI\0t\
    \0Kimi-SearchBot\0Moonshot AI\0s\
    \0Kimi-User\0Moonshot AI\0u\
    \0DeepSeekBot\0DeepSeek\0t\
    \0cohere-ai\0Cohere\0u\
    \0cohere-training-data-crawler\0Cohere\0t\
    \0AzureAI-SearchBot\0Microsoft\0s\
    \0PetalBot\0Huawei\0s\
    \0PanguBot\0Huawei\0t\
    \0TongyiBot\0Alibaba\0u\
    \0YiyanBot\0Baidu\0u\
    \0ChatGLM-Spider\0Zhipu AI\0t\
    \0YandexAdditional\0Yandex\0t\
    \0YandexAdditionalBot\0Yandex\0t\
    \0Bravebot\0Brave\0s\
    \0kagi-fetcher\0Kagi\0u\
    \0Manus-User\0Manus\0a\
    \0TwinAgent\0Twin\0a\
    \0Hyperbrowser\0Hyperbrowser\0a\
    \0Devin\0Cognition\0a\
    \0opencode\0opencode\0u\
    \0TavilyBot\0Tavily\0s\
    \0ExaSearchBot\0Exa\0s\
    \0LinkupBot\0Linkup\0s\
    \0FirecrawlAgent\0Firecrawl\0s\
    \0ShapBot\0Parallel\0s\
    \0Shap-User\0Parallel\0u\
    \0Mozilla-Tabstack\0Mozilla\0u\
    \0Cloudflare-AutoRAG\0Cloudflare\0s\
    \0atlassian-bot\0Atlassian\0s\
    \0Querit-SearchBot\0Querit\0s\
    \0QueritBot\0Querit\0s\
    \0HenkBot\0Valyu\0s\
    \0iAskBot\0iAsk\0s\
    \0iaskspider\0iAsk\0s\
    \0PhindBot\0Phind\0u\
    \0Andibot\0Andi\0s\
    \0LinerBot\0Liner\0u\
    \0WRTNBot\0Wrtn\0u\
    \0Anomura\0Direqt\0s\
    \0Aranet-SearchBot\0Aranet\0s\
    \0Channel3Bot\0Channel3\0s\
    \0ZanistaBot\0Zanista AI\0s\
    \0ProRataInc\0ProRata\0s\
    \0ImagesiftBot\0ImageSift\0s\
    \0QualifiedBot\0Qualified\0s\
    \0Poggio-Citations\0Poggio\0u\
    \0KlaviyoAIBot\0Klaviyo\0u\
    \0Diffbot\0Diffbot\0t\
    \0Timpibot\0Timpi\0t\
    \0SBIntuitionsBot\0SB Intuitions\0t\
    \0ICC-Crawler\0NICT\0t\
    \0Cotoyogi\0ROIS\0t\
    \0webzio-extended\0Webz.io\0t\
    \0omgili\0Webz.io\0t\
    \0omgilibot\0Webz.io\0t\
    \0webzio\0Webz.io\0t\
    \0ApifyWebsiteContentCrawler\0Apify\0t\
    \0Brightbot\0Bright Data\0t\
    \0TerraCotta\0Ceramic AI\0t\
    \0img2dataset\0img2dataset\0t\
    \0LAIONDownloader\0LAION\0t\
    \0laion-huggingface-processor\0LAION\0t\
    \0Spawning-AI\0Spawning\0t\
    \0Reflectionbot\0Reflection AI\0t\
    \0@chatgpt.com\0ChatGPT agent\0a\
    \0@agent.bot.goog\0Google-Agent\0a\
    \0@www.hyperbrowser.ai\0Hyperbrowser\0a\
    \0
    """

  static let multiplier: UInt32 = 2582471789

  static let shift: UInt32 = 23

  static func start(ofSlot slot: Int) -> Int { Int(slots[slot & 511]) }

  private static let slots: InlineArray<_, UInt16> = [
      0, 0, 0, 2190, 0, 0, 0, 0, 0, 562, 0, 0, 0, 0, 2328, 0, 0, 0, 1650, 1100,
      0, 2085, 0, 0, 2492, 0, 0, 0, 0, 1752, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1667,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 532, 0, 0, 0, 0, 0, 2211,
      0, 0, 0, 691, 1013, 0, 0, 0, 0, 82, 0, 0, 0, 0, 0, 1790, 0, 0, 0, 2684,
      0, 0, 0, 0, 0, 0, 0, 795, 0, 0, 0, 2053, 1231, 0, 0, 842, 0, 1255, 0, 0,
      0, 1153, 2310, 0, 0, 0, 0, 0, 0, 1134, 474, 0, 1206, 0, 0, 0, 0, 2455, 0, 0,
      1733, 62, 0, 1987, 0, 0, 1631, 0, 0, 2377, 1884, 0, 0, 1121, 1353, 0, 0, 0, 0, 2575,
      0, 391, 0, 0, 0, 0, 0, 0, 1476, 0, 0, 0, 0, 2117, 0, 0, 2774, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 2396, 0, 0, 0, 0, 0, 734, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2143, 0, 0, 0, 0, 0, 0, 994, 2661,
      2743, 308, 2601, 0, 0, 910, 0, 1440, 0, 0, 0, 0, 0, 0, 0, 0, 614, 0, 0, 1836,
      0, 0, 2100, 0, 0, 0, 0, 0, 0, 0, 2714, 715, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 227, 0, 0, 180, 1817, 951, 1594, 0, 0, 0, 127, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 640, 589, 0, 0, 0, 442, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 2068, 0, 0, 0, 0, 1713, 934, 0, 0, 0, 0, 0,
      0, 156, 0, 823, 105, 0, 0, 0, 0, 0, 891, 2345, 0, 0, 0, 0, 1306, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 2261, 971, 0, 0, 0, 0, 1968, 0, 0, 0, 0, 0, 252, 0,
      1539, 0, 0, 1496, 0, 0, 0, 0, 0, 1372, 0, 0, 2166, 0, 1083, 0, 0, 0, 0, 0,
      2527, 367, 1410, 0, 0, 0, 0, 1565, 0, 0, 0, 0, 0, 0, 17, 1916, 0, 0, 867, 2625,
      0, 0, 413, 0, 1458, 1277, 0, 0, 0, 0, 1183, 0, 0, 0, 1771, 0, 0, 0, 0, 663,
      2475, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1056, 0, 0, 0, 0, 279,
      0, 0, 1611, 2412, 0, 1695, 0, 0, 0, 0, 0, 2003, 0, 0, 0, 0, 0, 2438, 0, 0,
      505, 2551, 0, 0, 1, 0, 0, 336, 0, 0, 0, 0, 2287, 0, 204, 0, 0, 1039, 1857, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1942, 0, 40, 2236, 0, 0, 0, 0, 1513,
      0, 0, 0, 0, 0, 0, 766, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2018, 0, 1330,
      0, 0, 0, 0, 2036, 0, 0, 0, 0, 0, 0, 0,
  ]
}
