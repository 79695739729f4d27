// SPDX-License-Identifier: Apache-2.0

/// The fields of the contract's request body, in its order (`requestBody … schema.properties`). The numbers are those
/// of the C ABI (`TPC_FIELD_…`).
package enum Field: Int, CaseIterable, Sendable {
  case event, occurredAt, eventId, sessionId, anonymousId
  case pageHref, pageDomain, pagePathname, pageTitle, pageCanonicalUrl
  case requestReferrer, requestUserAgent, requestClientIp, requestMethod
  case sdkName, sdkVersion, sdkRuntime

  /// The number of fields, from the last of them: `allCases` would build an array.
  package static let count = Field.sdkRuntime.rawValue + 1

  /// The field's bit in a set of fields.
  @inline(__always)
  var bit: UInt32 { 1 &<< UInt32(truncatingIfNeeded: rawValue) }

  /// Whether the contract's type for the field is `[string, "null"]` rather than `string`.
  var isNullable: Bool {
    switch self {
    case .sessionId, .anonymousId, .pageTitle, .pageCanonicalUrl, .requestReferrer, .requestUserAgent, .requestClientIp,
      .requestMethod:
      true
    case .event, .occurredAt, .eventId, .pageHref, .pageDomain, .pagePathname, .sdkName, .sdkVersion, .sdkRuntime: false
    }
  }

  /// The field's JSON pointer (RFC 6901).
  package var pointer: StaticString {
    switch self {
    case .event: "/event"
    case .occurredAt: "/occurredAt"
    case .eventId: "/eventId"
    case .sessionId: "/sessionId"
    case .anonymousId: "/anonymousId"
    case .pageHref: "/page/href"
    case .pageDomain: "/page/domain"
    case .pagePathname: "/page/pathname"
    case .pageTitle: "/page/title"
    case .pageCanonicalUrl: "/page/canonicalUrl"
    case .requestReferrer: "/request/referrer"
    case .requestUserAgent: "/request/userAgent"
    case .requestClientIp: "/request/clientIp"
    case .requestMethod: "/request/method"
    case .sdkName: "/sdk/name"
    case .sdkVersion: "/sdk/version"
    case .sdkRuntime: "/sdk/runtime"
    }
  }

  /// The member's name within its object: the text after the pointer's last slash.
  var name: Bytes { pointer.bytes.tail(container.pointer.utf8CodeUnitCount &+ 1) }

  /// The only field of an object that `key` can name: within an object, names differ in length or in the first letter.
  static func candidate(_ container: Container, _ key: Bytes) -> Field? {
    switch (container, key.count) {
    case (.root, 5): .event
    case (.root, 7): .eventId
    case (.root, 9): .sessionId
    case (.root, 10): .occurredAt
    case (.root, 11): .anonymousId
    case (.page, 4): .pageHref
    case (.page, 5): .pageTitle
    case (.page, 6): .pageDomain
    case (.page, 8): .pagePathname
    case (.page, 12): .pageCanonicalUrl
    case (.request, 6): .requestMethod
    case (.request, 8): key[0] == UInt8(ascii: "r") ? .requestReferrer : .requestClientIp
    case (.request, 9): .requestUserAgent
    case (.sdk, 4): .sdkName
    case (.sdk, 7): key[0] == UInt8(ascii: "v") ? .sdkVersion : .sdkRuntime
    default: nil
    }
  }

  var container: Container {
    switch self {
    case .event, .occurredAt, .eventId, .sessionId, .anonymousId: .root
    case .pageHref, .pageDomain, .pagePathname, .pageTitle, .pageCanonicalUrl: .page
    case .requestReferrer, .requestUserAgent, .requestClientIp, .requestMethod: .request
    case .sdkName, .sdkVersion, .sdkRuntime: .sdk
    }
  }
}

/// The objects of the contract's request body.
enum Container: UInt8, BitwiseCopyable {
  case root, page, request, sdk, properties

  /// The number of containers, from the last of them.
  static let count = Int(Container.properties.rawValue) + 1

  var pointer: StaticString {
    switch self {
    case .root: ""
    case .page: "/page"
    case .request: "/request"
    case .sdk: "/sdk"
    case .properties: "/properties"
    }
  }

  var name: Bytes { pointer.bytes.tail(1) }

  /// The only object in the event that `key` can name.
  static func candidate(_ key: Bytes) -> Container? {
    switch key.count {
    case 3: .sdk
    case 4: .page
    case 7: .request
    case 10: .properties
    default: nil
    }
  }

  /// The set of the container's fields.
  @inline(__always)
  var bits: UInt32 {
    switch self {
    case .root: Container.bits(.event, .anonymousId)
    case .page: Container.bits(.pageHref, .pageCanonicalUrl)
    case .request: Container.bits(.requestReferrer, .requestMethod)
    case .sdk: Container.bits(.sdkName, .sdkRuntime)
    case .properties: 0
    }
  }

  @inline(__always)
  private static func bits(_ first: Field, _ last: Field) -> UInt32 { last.bit &<< 1 &- first.bit }

  /// The numbers of the container's fields, which follow one another in the contract's order.
  var fields: ClosedRange<Int>? {
    switch self {
    case .root: Field.event.rawValue...Field.anonymousId.rawValue
    case .page: Field.pageHref.rawValue...Field.pageCanonicalUrl.rawValue
    case .request: Field.requestReferrer.rawValue...Field.requestMethod.rawValue
    case .sdk: Field.sdkName.rawValue...Field.sdkRuntime.rawValue
    case .properties: nil
    }
  }
}

/// The limits of an event, whoever sends it. A client's `max_event_bytes` is usually lower.
package enum Limit {
  /// Bytes of one event's JSON.
  package static let eventBytes = 1 << 20
  /// How many times longer than its event a JSON text may be, because JSON may escape every character.
  static let escaping = JSONString.longestEscape
  /// Properties and other members that the contract does not name, together.
  package static let members = 1024
  /// Bytes of a property's key.
  package static let keyBytes = 1024
}
