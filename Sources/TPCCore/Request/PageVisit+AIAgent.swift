// SPDX-License-Identifier: Apache-2.0

extension PageVisit {
  /// The AI agent that the event's user agent names.
  var aiAgent: AIAgent? { value(.requestUserAgent).flatMap { AIAgent.named(in: $0) } }
}
