// SPDX-License-Identifier: Apache-2.0

/// Who reads a page, as far as AI is concerned: the properties that `label_ai_agents` and `label_ai_answers` add.
enum AILabel {
  case agent(AIAgent)
  case answer(AIAnswer)

  /// The number of properties.
  static let count = 3

  /// The name and value of one of the properties.
  func property(_ index: Int) -> (name: StaticString, value: Bytes) {
    switch (self, index) {
    case (.agent(let agent), 0): ("aiAgent", agent.name)
    case (.agent(let agent), 1): ("aiOperator", agent.operatorName)
    case (.agent(let agent), _): ("aiPurpose", agent.purpose.name.bytes)
    case (.answer(let answer), 0): ("aiAnswer", answer.name)
    case (.answer(let answer), 1): ("aiAnswerOperator", answer.operatorName)
    case (.answer(let answer), _): ("aiAnswerEvidence", answer.evidence.name.bytes)
    }
  }
}

/// Why an event is left out because of who reads the page.
enum UnwantedReader {
  /// `only_ai_agents`: nobody whose user agent names an AI agent.
  case notAIAgent
  /// `only_ai`: neither that nor a person from an AI answer.
  case notAI
}
