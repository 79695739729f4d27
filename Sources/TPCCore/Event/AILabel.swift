// SPDX-License-Identifier: Apache-2.0

/// Who reads a page, as far as AI is concerned: the properties that `label_ai_agents` and `label_ai_answers` add.
enum AILabel {
  case agent(AIAgent, AgentVerification?)
  case answer(AIAnswer)

  /// How many properties there may be.
  static let count = 5

  /// The name and value of one of the properties; the value is empty when it is not known. `aiVerified` is a boolean, all others
  /// are texts.
  func property(_ index: Int) -> (name: StaticString, value: Bytes) {
    switch (self, index) {
    case (.agent(let agent, _), 0): ("aiAgent", agent.name)
    case (.agent(let agent, _), 1): ("aiOperator", agent.operatorName)
    case (.agent(let agent, _), 2): ("aiPurpose", agent.purpose.name.bytes)
    case (.agent(_, let found?), AILabel.boolean): ("aiVerified", found.isVerified ? Bytes("true") : Bytes("false"))
    case (.agent(_, let found?), _): ("aiVerifiedBy", found.evidence.name.bytes)
    case (.answer(let answer), 0): ("aiAnswer", answer.name)
    case (.answer(let answer), 1): ("aiAnswerOperator", answer.operatorName)
    case (.answer(let answer), 2): ("aiAnswerEvidence", answer.evidence.name.bytes)
    default: ("", Bytes(start: nil, count: 0))
    }
  }

  /// The property whose value is a boolean.
  static let boolean = 3
}

/// Why an event is left out because of who reads the page.
enum UnwantedReader {
  /// `only_ai_agents`: nobody whose user agent names an AI agent.
  case notAIAgent
  /// `only_ai`: neither that nor a person from an AI answer.
  case notAI
}
