// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// In the contract's own shape: what the endpoint takes, and what every language's `track_json` takes.
extension Visit: Codable {
  private enum Key: String, CodingKey {
    case event, occurredAt, eventId, sessionId, anonymousId, page, request, sdk, properties
    case href, domain, pathname, title, canonicalUrl
    case referrer, userAgent, clientIp, method
    case name, version, runtime
  }

  /// Reads an event in the contract's shape. Members that the contract does not name are passed over; `track(json:)` keeps them.
  ///
  /// ```swift
  /// let visit = try JSONDecoder().decode(Visit.self, from: Data(#"{"event": "page_visit", "page": {"href": "https://example.com/"}}"#.utf8))
  /// ```
  public init(from decoder: any Decoder) throws {
    self.init()
    let root = try decoder.container(keyedBy: Key.self)
    if let event = try root.decodeIfPresent(String.self, forKey: .event), event != "page_visit" {
      throw DecodingError.dataCorruptedError(forKey: .event, in: root, debugDescription: "expected page_visit")
    }
    if let text = try root.decodeIfPresent(String.self, forKey: .occurredAt) {
      guard let date = Timestamp.date(text) else {
        throw DecodingError.dataCorruptedError(forKey: .occurredAt, in: root, debugDescription: "expected a date-time (RFC 3339)")
      }
      occurredAt = date
    }
    eventID = try root.decodeIfPresent(String.self, forKey: .eventId)
    sessionID = try read(root, .sessionId, .sessionID)
    anonymousID = try read(root, .anonymousId, .anonymousID)
    if root.contains(.page) { try readPage(root.nestedContainer(keyedBy: Key.self, forKey: .page)) }
    if root.contains(.request) { try readRequest(root.nestedContainer(keyedBy: Key.self, forKey: .request)) }
    if root.contains(.sdk) {
      let sdk = try root.nestedContainer(keyedBy: Key.self, forKey: .sdk)
      sdkName = try sdk.decodeIfPresent(String.self, forKey: .name)
      sdkVersion = try sdk.decodeIfPresent(String.self, forKey: .version)
      sdkRuntime = try sdk.decodeIfPresent(String.self, forKey: .runtime)
    }
    properties = try root.decodeIfPresent([String: Property].self, forKey: .properties) ?? [:]
  }

  private mutating func readPage(_ page: KeyedDecodingContainer<Key>) throws {
    href = try page.decodeIfPresent(String.self, forKey: .href)
    domain = try page.decodeIfPresent(String.self, forKey: .domain)
    pathname = try page.decodeIfPresent(String.self, forKey: .pathname)
    title = try read(page, .title, .title)
    canonicalURL = try read(page, .canonicalUrl, .canonicalURL)
  }

  private mutating func readRequest(_ request: KeyedDecodingContainer<Key>) throws {
    referrer = try read(request, .referrer, .referrer)
    userAgent = try read(request, .userAgent, .userAgent)
    clientIP = try read(request, .clientIp, .clientIP)
    method = try read(request, .method, .method)
  }

  /// A text; nil if it is absent or null, which is noted.
  private mutating func read(
    _ container: KeyedDecodingContainer<Key>, _ key: Key, _ field: NullableField
  ) throws -> String? {
    if container.contains(key), try container.decodeNil(forKey: key) { nulls.insert(field) }
    return try container.decodeIfPresent(String.self, forKey: key)
  }

  /// Writes the event in the contract's shape: what is set, and the nulls.
  ///
  /// ```swift
  /// let json = try JSONEncoder().encode(visit)
  /// ```
  public func encode(to encoder: any Encoder) throws {
    var root = encoder.container(keyedBy: Key.self)
    try root.encode("page_visit", forKey: .event)
    if let occurredAt { try root.encode(call { () throws(Failure) in try Timestamp.text(occurredAt) }, forKey: .occurredAt) }
    try root.encodeIfPresent(eventID, forKey: .eventId)
    try write(sessionID, .sessionID, to: &root, .sessionId)
    try write(anonymousID, .anonymousID, to: &root, .anonymousId)
    var page = root.nestedContainer(keyedBy: Key.self, forKey: .page)
    try page.encodeIfPresent(href, forKey: .href)
    try page.encodeIfPresent(domain, forKey: .domain)
    try page.encodeIfPresent(pathname, forKey: .pathname)
    try write(title, .title, to: &page, .title)
    try write(canonicalURL, .canonicalURL, to: &page, .canonicalUrl)
    try writeRequest(to: &root)
    if sdkName != nil || sdkVersion != nil || sdkRuntime != nil {
      var sdk = root.nestedContainer(keyedBy: Key.self, forKey: .sdk)
      try sdk.encodeIfPresent(sdkName, forKey: .name)
      try sdk.encodeIfPresent(sdkVersion, forKey: .version)
      try sdk.encodeIfPresent(sdkRuntime, forKey: .runtime)
    }
    if !properties.isEmpty { try root.encode(properties, forKey: .properties) }
  }

  private func writeRequest(to root: inout KeyedEncodingContainer<Key>) throws {
    let isPresent = referrer != nil || userAgent != nil || clientIP != nil || method != nil
    guard isPresent || !nulls.isDisjoint(with: [.referrer, .userAgent, .clientIP, .method]) else { return }
    var request = root.nestedContainer(keyedBy: Key.self, forKey: .request)
    try write(referrer, .referrer, to: &request, .referrer)
    try write(userAgent, .userAgent, to: &request, .userAgent)
    try write(clientIP, .clientIP, to: &request, .clientIp)
    try write(method, .method, to: &request, .method)
  }

  private func write(
    _ text: String?, _ field: NullableField, to container: inout KeyedEncodingContainer<Key>, _ key: Key
  ) throws {
    if let text { try container.encode(text, forKey: key) } else if nulls.contains(field) { try container.encodeNil(forKey: key) }
  }
}
