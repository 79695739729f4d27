// SPDX-License-Identifier: Apache-2.0

// Written by Sources/AITables/renew.py, from the tables beside it.

/// The services that answer with AI: host, name, operator.
enum AIAnswerTable: NameTable {
  static let text: StaticString = """
    \0chatgpt.com\0ChatGPT\0OpenAI\
    \0chat.openai.com\0ChatGPT\0OpenAI\
    \0com.openai.chatgpt\0ChatGPT\0OpenAI\
    \0perplexity.ai\0Perplexity\0Perplexity\
    \0ai.perplexity.app.android\0Perplexity\0Perplexity\
    \0claude.ai\0Claude\0Anthropic\
    \0com.anthropic.claude\0Claude\0Anthropic\
    \0gemini.google.com\0Gemini\0Google\
    \0bard.google.com\0Gemini\0Google\
    \0com.google.android.apps.bard\0Gemini\0Google\
    \0notebooklm.google.com\0NotebookLM\0Google\
    \0aistudio.google.com\0AI Studio\0Google\
    \0copilot.microsoft.com\0Copilot\0Microsoft\
    \0copilot.cloud.microsoft\0Copilot\0Microsoft\
    \0m365.cloud.microsoft\0Copilot\0Microsoft\
    \0edgeservices.bing.com\0Copilot\0Microsoft\
    \0bing.com/chat\0Copilot\0Microsoft\
    \0com.microsoft.copilot\0Copilot\0Microsoft\
    \0chat.mistral.ai\0Le Chat\0Mistral AI\
    \0grok.com\0Grok\0xAI\
    \0x.com/i/grok\0Grok\0xAI\
    \0ai.x.grok\0Grok\0xAI\
    \0meta.ai\0Meta AI\0Meta\
    \0chat.deepseek.com\0DeepSeek\0DeepSeek\
    \0com.deepseek.chat\0DeepSeek\0DeepSeek\
    \0kimi.com\0Kimi\0Moonshot AI\
    \0kimi.moonshot.cn\0Kimi\0Moonshot AI\
    \0chat.qwen.ai\0Qwen\0Alibaba\
    \0doubao.com\0Doubao\0ByteDance\
    \0you.com\0You.com\0You.com\
    \0phind.com\0Phind\0Phind\
    \0poe.com\0Poe\0Quora\
    \0duck.ai\0Duck.ai\0DuckDuckGo\
    \0kagi.com/assistant\0Kagi Assistant\0Kagi\
    \0iask.ai\0iAsk\0iAsk\
    \0andisearch.com\0Andi\0Andi\
    \0chatgpt\0ChatGPT\0OpenAI\
    \0openai\0ChatGPT\0OpenAI\
    \0perplexity\0Perplexity\0Perplexity\
    \0claude\0Claude\0Anthropic\
    \0gemini\0Gemini\0Google\
    \0copilot\0Copilot\0Microsoft\
    \0deepseek\0DeepSeek\0DeepSeek\
    \0grok\0Grok\0xAI\
    \0
    """

  static let multiplier: UInt32 = 1354880813

  static let shift: UInt32 = 24

  static func start(ofSlot slot: Int) -> Int { Int(slots[slot & 255]) }

  private static let slots: InlineArray<_, UInt16> = [
      0, 0, 1004, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1022, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 242, 0, 0,
      0, 0, 0, 0, 0, 0, 1307, 0, 0, 0, 0, 657, 0, 0, 0, 274, 0, 0, 0, 506,
      0, 0, 0, 0, 982, 0, 0, 0, 1176, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1233, 0,
      870, 751, 0, 0, 0, 0, 0, 0, 692, 0, 0, 0, 0, 464, 0, 0, 0, 0, 0, 0,
      0, 0, 59, 710, 0, 0, 0, 0, 0, 0, 0, 0, 0, 204, 0, 0, 0, 0, 0, 1254,
      617, 0, 0, 0, 0, 0, 0, 0, 424, 0, 0, 0, 0, 0, 304, 0, 0, 0, 0, 0,
      387, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 844, 0, 1154, 0, 0,
      1088, 0, 0, 0, 772, 545, 0, 0, 0, 0, 129, 0, 0, 0, 0, 0, 0, 0, 0, 904,
      0, 0, 0, 0, 0, 0, 0, 0, 93, 0, 0, 585, 0, 0, 0, 0, 0, 1209, 0, 0,
      0, 177, 0, 1131, 808, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 347, 0, 958, 0, 0,
      0, 1049, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 732, 0, 0, 0, 28, 1280, 930, 0, 0, 0, 0, 0, 0, 1106,
  ]
}
