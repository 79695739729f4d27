// SPDX-License-Identifier: Apache-2.0

/// An AI agent that reads pages: a row of the table in `AIAgentTable`.
public struct AIAgent: Sendable {
  /// Why an agent reads pages.
  public enum Purpose: Sendable {
    /// To train models.
    case training
    /// To build an index that answers are searched in.
    case search
    /// On behalf of a user who just asked.
    case user

    public var name: StaticString {
      switch self {
      case .training: "training"
      case .search: "search"
      case .user: "user"
      }
    }
  }

  /// The name as its operator writes it, which is also the product token (RFC 9110, section 10.1.5) in its user agent.
  public let name: StaticString
  public let operatorName: StaticString
  public let purpose: Purpose
  /// The page on which the operator publishes token and purpose.
  public let source: StaticString

  /// The agent that a user agent names; nil if it names none. A token matches in any case, but only as a whole:
  /// `notGPTBot` and `GPTBotanist` do not match, and neither does a token inside a URL.
  public static func named(in userAgent: Bytes) -> AIAgent? {
    var at = 0
    while at < userAgent.count {
      let start = at
      while at < userAgent.count, isTokenCharacter(userAgent[at]) { at &+= 1 }
      if at > start, isBoundary(userAgent, before: start), isBoundary(userAgent, after: at) {
        let token = userAgent.part(start, at)
        for row in AIAgentTable.rows.indices where AIAgentTable.rows[row].name.utf8CodeUnitCount == token.count {
          if token.matchesIgnoringCase(AIAgentTable.rows[row].name) { return AIAgentTable.rows[row] }
        }
      }
      at &+= 1
    }
    return nil
  }

  /// Whether the byte belongs to a token (RFC 9110, section 5.6.2: `tchar`), as far as product tokens use it.
  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "+"):
      true
    default: byte >= 0x80
    }
  }

  /// Whether the byte separates the products and comments of a user agent: spaces, brackets, semicolons and commas.
  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
      UInt8(ascii: "]"):
      true
    default: false
    }
  }

  private static func isBoundary(_ text: Bytes, before start: Int) -> Bool { start == 0 || isSeparator(text[start &- 1]) }

  /// A slash ends a token as well: the product's version follows it.
  private static func isBoundary(_ text: Bytes, after end: Int) -> Bool {
    end == text.count || isSeparator(text[end]) || text[end] == UInt8(ascii: "/")
  }
}
