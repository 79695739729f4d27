// SPDX-License-Identifier: Apache-2.0

/// An AI agent that reads pages: a row of the table in `AIAgentTable`.
public struct AIAgent: Sendable {
  /// What an agent reads pages for.
  public enum Purpose: Sendable {
    /// To train models.
    case training
    /// For an index that answers are searched in.
    case search
    /// Since a user asked for it right then.
    case user

    public var name: StaticString {
      switch self {
      case .training: "training"
      case .search: "search"
      case .user: "user"
      }
    }
  }

  /// As its operator writes it, which is also the product token (RFC 9110, section 10.1.5) that its user agent holds.
  public let name: StaticString
  public let operatorName: StaticString
  public let purpose: Purpose
  /// Where token and purpose are published.
  public let source: StaticString

  /// The agent that a user agent names; nil when it names none. A token counts in any case, but only as a whole: `notGPTBot`
  /// and `GPTBotanist` are others, and so is what stands in a URL.
  public static func named(in userAgent: Bytes) -> AIAgent? {
    var at = 0
    while at < userAgent.count {
      let start = at
      while at < userAgent.count, isTokenCharacter(userAgent[at]) { at &+= 1 }
      if at > start, isBoundary(userAgent, before: start), isBoundary(userAgent, behind: at) {
        let token = userAgent.part(start, at)
        for row in AIAgentTable.rows.indices where AIAgentTable.rows[row].name.utf8CodeUnitCount == token.count {
          if token.matchesIgnoringCase(AIAgentTable.rows[row].name) { return AIAgentTable.rows[row] }
        }
      }
      at &+= 1
    }
    return nil
  }

  /// RFC 9110, section 5.6.2: `tchar`, as far as product tokens use it.
  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "+"):
      true
    default: byte >= 0x80
    }
  }

  /// Between the products and comments of a user agent stand spaces, brackets and these.
  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
      UInt8(ascii: "]"):
      true
    default: false
    }
  }

  private static func isBoundary(_ text: Bytes, before start: Int) -> Bool { start == 0 || isSeparator(text[start &- 1]) }

  /// A slash leads to the product's version.
  private static func isBoundary(_ text: Bytes, behind end: Int) -> Bool {
    end == text.count || isSeparator(text[end]) || text[end] == UInt8(ascii: "/")
  }
}
