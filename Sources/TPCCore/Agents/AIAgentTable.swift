// SPDX-License-Identifier: Apache-2.0

// Written by Sources/AITables/renew.py, from the tables beside it.

/// The AI agents: product token, operator, and the purpose's first letter.
enum AIAgentTable: NameTable {
  static let text: StaticString = """
    \0GPTBot\0OpenAI\0t\
    \0OAI-SearchBot\0OpenAI\0s\
    \0ChatGPT-User\0OpenAI\0u\
    \0OAI-AdsBot\0OpenAI\0s\
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
    \0
    """

  static let multiplier: UInt32 = 1081114797

  static let shift: UInt32 = 23

  static func start(ofSlot slot: Int) -> Int { Int(slots[slot & 511]) }

  private static let slots: InlineArray<_, UInt16> = [
      0, 2185, 0, 591, 0, 1806, 0, 0, 0, 229, 0, 0, 0, 0, 0, 0, 0, 2259, 0, 0,
      133, 0, 451, 2092, 0, 1682, 0, 0, 2277, 1111, 0, 887, 0, 0, 2441, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 1283, 0, 0, 285, 990, 0, 0, 1785, 0, 0, 0, 1232, 0,
      368, 0, 0, 0, 819, 0, 2236, 0, 0, 0, 0, 0, 0, 0, 0, 1183, 711, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      692, 0, 0, 0, 1766, 0, 0, 0, 0, 0, 1627, 0, 2500, 0, 0, 0, 0, 0, 0, 0,
      0, 1936, 928, 1833, 0, 0, 0, 0, 0, 0, 82, 0, 0, 0, 2326, 0, 0, 0, 0, 1608,
      0, 0, 2345, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1307, 0, 2610, 0, 0, 40, 0, 0,
      0, 0, 0, 0, 1435, 181, 0, 0, 1254, 2034, 0, 0, 0, 0, 0, 1130, 0, 0, 0, 0,
      911, 1, 0, 0, 0, 0, 0, 1417, 2294, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 1349, 390, 0, 0, 0, 2424, 0, 971, 0, 104, 0, 0,
      0, 0, 0, 0, 668, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1490, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1952, 0, 0, 0, 0, 0, 1516, 0, 0, 157,
      0, 1473, 0, 1016, 0, 743, 0, 204, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 2574, 0, 0, 0, 0, 0, 0, 0, 0, 868, 539, 0, 0, 0, 800,
      0, 0, 0, 0, 640, 2002, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1662, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1865, 0, 566, 0, 17, 0, 0,
      0, 0, 0, 0, 1077, 0, 0, 0, 0, 0, 0, 0, 2139, 0, 0, 0, 0, 1644, 0, 1208,
      0, 0, 1967, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1588, 0, 948, 0, 0, 1739, 2361,
      0, 0, 1542, 1387, 2115, 0, 0, 0, 0, 2476, 1453, 2633, 1571, 0, 0, 0, 256, 0, 0, 0,
      0, 0, 344, 0, 2404, 0, 0, 0, 2524, 0, 1033, 2049, 0, 0, 0, 844, 0, 0, 0, 0,
      0, 0, 0, 772, 0, 0, 0, 0, 0, 0, 313, 0, 1098, 0, 0, 1985, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 419, 1330, 0, 0, 0, 1060, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 2387, 2550, 2066, 0, 0, 0, 0, 0, 0, 0, 509,
      1701, 0, 617, 0, 1160, 1891, 62, 2210, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1917,
      0, 0, 0, 482, 0, 0, 2160, 1720, 0, 0, 2017, 0,
  ]
}
