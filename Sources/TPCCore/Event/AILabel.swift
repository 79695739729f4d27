// SPDX-License-Identifier: Apache-2.0

/// Who reads a page, as far as AI is concerned: the properties that `label_ai_agents` and `label_ai_answers` add.
enum AILabel {
  case agent(AIAgent, AgentVerification?)
  case answer(AIAnswer)
}

/// Why an event is left out because of who reads the page.
enum UnwantedReader {
  /// `only_ai_agents`: nobody whose user agent names an AI agent.
  case notAIAgent
  /// `only_ai`: neither that nor a person from an AI answer.
  case notAI
}
