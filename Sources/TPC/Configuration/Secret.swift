// SPDX-License-Identifier: Apache-2.0

/// A text that is never shown: printing, interpolating or dumping it gives `<redacted>`.
///
/// ```swift
/// var configuration = Configuration()
/// configuration.apiKey = Secret(ProcessInfo.processInfo.environment["SITE_KEY"] ?? "")
/// print(configuration)  // Configuration(api_key: <redacted>)
/// ```
public struct Secret: Sendable, Hashable {
  let text: String

  /// Takes the text as it is.
  ///
  /// ```swift
  /// if let key = ProcessInfo.processInfo.environment["SITE_KEY"] { configuration.apiKey = Secret(key) }
  /// ```
  public init(_ text: String) { self.text = text }

  static let redacted = "<redacted>"
}

extension Secret: ExpressibleByStringLiteral {
  /// Takes a literal, which a program that is published should not contain.
  ///
  /// ```swift
  /// configuration.apiKey = "…"
  /// ```
  public init(stringLiteral value: String) { self.init(value) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// `<redacted>`.
  public var description: String { Secret.redacted }

  /// `<redacted>`.
  public var debugDescription: String { Secret.redacted }

  /// Shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
