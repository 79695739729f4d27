// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// An AI agent that reads pages, such as GPTBot.
///
/// ```swift
/// if let agent = AIAgent.named(in: "Mozilla/5.0 (compatible; GPTBot/1.2)") {
///   print(agent.name, agent.operatorName, agent.purpose)  // GPTBot OpenAI training
/// }
/// ```
public struct AIAgent: Sendable, Hashable, Codable {
  /// Why an agent reads pages.
  ///
  /// ```swift
  /// let trains = AIAgent.named(in: "GPTBot/1.2")?.purpose == .training
  /// ```
  public enum Purpose: String, Sendable, Hashable, Codable, CaseIterable {
    /// To train models.
    case training
    /// To build an index that answers are searched in.
    case search
    /// On behalf of a user who just asked.
    case user
    /// To act in a browser, on behalf of a user.
    case agent
  }

  /// The name as its operator writes it, such as `GPTBot`.
  public let name: String
  /// Who runs it, such as `OpenAI`.
  public let operatorName: String
  /// Why it reads pages.
  public let purpose: Purpose

  /// The agent that a `User-Agent` names; nil if it names none. A token counts as a whole: `notGPTBot` is not an agent.
  ///
  /// ```swift
  /// let isAgent = AIAgent.named(in: "ClaudeBot/1.0") != nil
  /// ```
  public static func named(in userAgent: String) -> AIAgent? {
    guard let agent = withBytes(userAgent, { TPCCore.AIAgent.named(in: $0) }) else { return nil }
    return AIAgent(
      name: String(agent.name), operatorName: String(agent.operatorName),
      purpose: Purpose(rawValue: "\(agent.purpose.name)") ?? .training)
  }
}

/// The AI service whose answer a person came from, such as ChatGPT.
///
/// ```swift
/// if let answer = AIAnswer.from(referrer: "https://chatgpt.com/") {
///   print(answer.name, answer.operatorName, answer.evidence)  // ChatGPT OpenAI referrer
/// }
/// ```
public struct AIAnswer: Sendable, Hashable, Codable {
  /// What named the service.
  ///
  /// ```swift
  /// let isByLink = AIAnswer.from(referrer: "https://chatgpt.com/")?.evidence == .referrer
  /// ```
  public enum Evidence: String, Sendable, Hashable, Codable, CaseIterable {
    /// The page that held the link, as the browser reports it.
    case referrer
    /// The parameter `utm_source` of the page's URL, as the service wrote it into the link.
    case utm
  }

  /// The service's name, such as `ChatGPT`.
  public let name: String
  /// Who runs it, such as `OpenAI`.
  public let operatorName: String
  /// What named it.
  public let evidence: Evidence

  /// The service that the referrer names, or else the one that `utm_source` in the page's URL names; nil if neither does.
  ///
  /// ```swift
  /// let answer = AIAnswer.from(referrer: "", href: "https://example.com/?utm_source=chatgpt.com")
  /// ```
  public static func from(referrer: String, href: String = "") -> AIAnswer? {
    let found = withBytes(referrer) { referrer in withBytes(href) { TPCCore.AIAnswer.from(referrer: referrer, href: $0) } }
    guard let found else { return nil }
    return AIAnswer(
      name: String(found.name), operatorName: String(found.operatorName),
      evidence: Evidence(rawValue: "\(found.evidence.name)") ?? .referrer)
  }
}
