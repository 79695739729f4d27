// SPDX-License-Identifier: Apache-2.0

/// An AI agent that reads pages: a row of `AIAgentTable`, whose texts last forever, or one that an operator's file adds
/// (`AddedAgents`). Its texts end with a NUL.
package struct AIAgent: @unchecked Sendable {
  /// Why an agent reads pages.
  package enum Purpose: UInt8, Sendable, BitwiseCopyable {
    /// To train models.
    case training = 0x74
    /// To build an index that answers are searched in.
    case search = 0x73
    /// On behalf of a user who just asked.
    case user = 0x75
    /// To act in a browser, on behalf of a user.
    case agent = 0x61

    package var name: StaticString {
      switch self {
      case .training: "training"
      case .search: "search"
      case .user: "user"
      case .agent: "agent"
      }
    }

    /// The purpose of this name, which begins with the purpose's own byte.
    init?(name: Bytes) {
      guard let first = name.first, let purpose = Purpose(rawValue: first), name.matches(purpose.name) else { return nil }
      self = purpose
    }
  }

  /// The name as its operator writes it, which is also the product token (RFC 9110, section 10.1.5) in its user agent.
  package let name: Bytes
  package let operatorName: Bytes
  package let purpose: Purpose

  init(_ name: Bytes, _ operatorName: Bytes, _ purpose: Purpose) {
    self.name = name
    self.operatorName = operatorName
    self.purpose = purpose
  }

  /// The table's agent of a product token, in any case.
  @inline(__always)
  private init?(token: Bytes) {
    guard var row = AIAgentTable.row(of: token) else { return nil }
    name = row.key
    operatorName = row.next()
    purpose = row.next().first.flatMap { Purpose(rawValue: $0) } ?? .training
  }

  /// The agent that a user agent names; nil if it names none. A token matches only as a whole: `notGPTBot` and `GPTBotanist` do
  /// not match, and neither does a token inside a URL.
  @export(interface)
  package static func named(in userAgent: Bytes) -> AIAgent? { named(in: userAgent, nil) }

  /// The same with the agents that an operator's file adds, which come before the table's.
  @_optimize(speed)
  static func named(in userAgent: Bytes, _ added: AddedAgents?) -> AIAgent? {
    guard let text = userAgent.baseAddress else { return nil }
    let count = userAgent.count
    var at = 0
    while at < count {
      let start = at
      while at < count, UserAgentCharacter.isOfToken(text[at]) { at &+= 1 }
      if at > start, let agent = find(Bytes(start: text + start, count: at &- start), added),
        start == 0 || UserAgentCharacter.isSeparator(text[start &- 1]) || isVersion(userAgent, start),
        at == count || UserAgentCharacter.endsToken(text[at])
      {
        return agent
      }
      at &+= 1
    }
    return nil
  }

  /// The agent that signs its requests as a host, before which the text has an `@`: no product token has one. Such a row of either
  /// table has the agent's name in the operator's place.
  @inline(never)
  static func signing(as host: Bytes, _ added: AddedAgents?) -> AIAgent? {
    var agent: AIAgent?
    var name = host
    for _ in 0..<2 {
      agent = find(name, added)
      guard let agent else { return nil }
      name = agent.operatorName
    }
    return agent
  }

  /// Whether the token at `start` is the version of a product named Agent, as in `Agent/AmazonBuyForMe`.
  private static func isVersion(_ text: Bytes, _ start: Int) -> Bool {
    text.part(start &- 6, start).matchesIgnoringCase("agent/") && (start == 6 || UserAgentCharacter.isSeparator(text[start &- 7]))
  }

  @inline(__always)
  private static func find(_ token: Bytes, _ added: AddedAgents?) -> AIAgent? {
    if let added, let agent = added.agent(token) { return agent }
    return AIAgent(token: token)
  }
}

/// The characters of a user agent, as bits of two words: those below 0x40, and those up to 0x7F.
enum UserAgentCharacter {
  /// Letters, digits and `+-._`: those of RFC 9110's `tchar` that product tokens use. Other characters than ASCII's count as
  /// letters.
  @inline(__always)
  static func isOfToken(_ byte: UInt8) -> Bool {
    if byte >= 0x80 { return true }
    let bits: UInt64 = byte < 0x40 ? 0x03FF_6800_0000_0000 : 0x07FF_FFFE_87FF_FFFE
    return bits &>> UInt64(byte & 0x3F) & 1 != 0
  }

  /// What separates the products and comments of a user agent: space, tab, `;,()[]"'`.
  @inline(__always)
  static func isSeparator(_ byte: UInt8) -> Bool {
    if byte >= 0x80 { return false }
    let bits: UInt64 = byte < 0x40 ? 0x0800_1385_0000_0200 : 0x2800_0000
    return bits &>> UInt64(byte & 0x3F) & 1 != 0
  }

  /// A slash ends a token as well: the product's version follows it.
  @inline(__always)
  static func endsToken(_ byte: UInt8) -> Bool { isSeparator(byte) || byte == UInt8(ascii: "/") }
}
