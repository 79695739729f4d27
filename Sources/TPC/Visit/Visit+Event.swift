// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import TPCCore

/// A visit to and from the core's event.
extension Visit {
  /// The text of a field; nil for the two that are not a text of the visit's own.
  private subscript(field: Field) -> String? {
    get {
      switch field {
      case .eventId: eventID
      case .sessionId: sessionID
      case .anonymousId: anonymousID
      case .pageHref: href
      case .pageDomain: domain
      case .pagePathname: pathname
      case .pageTitle: title
      case .pageCanonicalUrl: canonicalURL
      case .requestReferrer: referrer
      case .requestUserAgent: userAgent
      case .requestClientIp: clientIP
      case .requestMethod: method
      case .sdkName: sdkName
      case .sdkVersion: sdkVersion
      case .sdkRuntime: sdkRuntime
      case .event, .occurredAt: nil
      }
    }
    set {
      switch field {
      case .eventId: eventID = newValue
      case .sessionId: sessionID = newValue
      case .anonymousId: anonymousID = newValue
      case .pageHref: href = newValue
      case .pageDomain: domain = newValue
      case .pagePathname: pathname = newValue
      case .pageTitle: title = newValue
      case .pageCanonicalUrl: canonicalURL = newValue
      case .requestReferrer: referrer = newValue
      case .requestUserAgent: userAgent = newValue
      case .requestClientIp: clientIP = newValue
      case .requestMethod: method = newValue
      case .sdkName: sdkName = newValue
      case .sdkVersion: sdkVersion = newValue
      case .sdkRuntime: sdkRuntime = newValue
      case .event, .occurredAt: break
      }
    }
  }

  /// Sets what the visit has in an event. Fails with `invalidEvent` or `tooLarge`.
  func write(to event: inout PageVisit) throws(Failure) {
    for field in nulls { try event.setNull(field.field) }
    for field in Field.allCases {
      if let text = self[field] { try event.set(field, text) }
    }
    if let occurredAt { try event.set(.occurredAt, Timestamp.text(occurredAt)) }
    for (key, value) in properties { try Visit.write(key, value, to: &event) }
    if let signer { try event.setRequestSigner(signer) }
  }

  private static func write(_ key: String, _ value: Property, to event: inout PageVisit) throws(Failure) {
    switch value {
    case .string(let value): try event.setProperty(key, value)
    case .integer(let value): try event.setProperty(key, value)
    case .number(let value): try event.setProperty(key, value)
    case .boolean(let value): try event.setProperty(key, value)
    case .null: try event.setNullProperty(key)
    }
  }

  /// What an event says.
  init(_ event: borrowing PageVisit) {
    self.init()
    for field in Field.allCases { self[field] = event.string(field) }
    occurredAt = event.string(.occurredAt).flatMap { Timestamp.date($0) }
    for field in NullableField.allCases where event.isNull(field.field) { nulls.insert(field) }
    for (key, value) in event.properties { properties[key] = Property(value) }
    signer = event.requestSigner
  }
}

extension Visit.NullableField {
  var field: Field {
    switch self {
    case .title: .pageTitle
    case .canonicalURL: .pageCanonicalUrl
    case .referrer: .requestReferrer
    case .userAgent: .requestUserAgent
    case .clientIP: .requestClientIp
    case .method: .requestMethod
    case .sessionID: .sessionId
    case .anonymousID: .anonymousId
    }
  }
}

extension Property {
  fileprivate init(_ value: PageVisit.Value) {
    switch value {
    case .string(let text): self = .string(text)
    // Not every JSON number is a double: 1e400 is none.
    case .number(let text): self = Int(text).map { .integer($0) } ?? .number(Double(text) ?? .infinity)
    case .boolean(let value): self = .boolean(value)
    case .null: self = .null
    }
  }
}
