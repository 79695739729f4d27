// SPDX-License-Identifier: Apache-2.0

/// The fields of the contract's request body, in its order (`requestBody … schema.properties`). The numbers are the C ABI's
/// (`TPC_FIELD_…`).
public enum Field: Int, CaseIterable, Sendable {
  case event, occurredAt, eventId, sessionId, anonymousId
  case pageHref, pageDomain, pagePathname, pageTitle, pageCanonicalUrl
  case requestReferrer, requestUserAgent, requestClientIp, requestMethod
  case sdkName, sdkVersion, sdkRuntime

  public static let count = 17

  /// The field's bit in a set of fields.
  @inline(__always)
  var bit: UInt32 { 1 &<< UInt32(truncatingIfNeeded: rawValue) }

  /// Whether the contract's type for the field is `[string, "null"]` rather than `string`.
  var isNullable: Bool {
    switch self {
    case .sessionId, .anonymousId, .pageTitle, .pageCanonicalUrl, .requestReferrer, .requestUserAgent, .requestClientIp,
      .requestMethod:
      true
    default: false
    }
  }

  /// The field's place as a JSON pointer (RFC 6901).
  public var pointer: StaticString {
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

  /// The member's name within its object: what stands behind the pointer's last slash.
  var name: Bytes {
    let prefix = container.pointer.utf8CodeUnitCount + 1
    return pointer.bytes.part(prefix, pointer.utf8CodeUnitCount)
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

  var pointer: StaticString {
    switch self {
    case .root: ""
    case .page: "/page"
    case .request: "/request"
    case .sdk: "/sdk"
    case .properties: "/properties"
    }
  }

  var name: Bytes { pointer.bytes.part(1, pointer.utf8CodeUnitCount) }

  /// The bits of its fields.
  @inline(__always)
  var bits: UInt32 {
    switch self {
    case .root: 0x1F
    case .page: 0x3E0
    case .request: 0x3C00
    case .sdk: 0x1C000
    case .properties: 0
    }
  }

  /// The contract's named members of the object, in its order.
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

/// What an event may hold at the most, whoever sends it; a client's `max_event_bytes` is usually less.
public enum Limit {
  /// Bytes of one event's JSON.
  public static let eventBytes = 1 << 20
  /// Properties and members that the contract does not name, together.
  public static let members = 1024
  /// Bytes of a property's key.
  public static let keyBytes = 1024
}
