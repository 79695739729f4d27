// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials
internal import TPCCore

/// A visit to a page: what the contract's event `page_visit` says about it.
///
/// ```swift
/// let visit = Visit(href: "https://example.com/pricing", userAgent: "GPTBot/1.2", properties: ["plan": "pro", "seats": 3])
/// try visits.track(visit)
/// ```
///
/// Only ``href`` is required. What is nil is absent or filled in: `track` makes the id and the time, and takes ``domain`` and
/// ``pathname`` from ``href``. `track` checks what is set, and refuses what the contract refuses.
///
/// It is `Codable` in the contract's own shape, `{"event": "page_visit", "page": {"href": …}, …}`.
public struct Visit: Sendable, Hashable {
  /// The page's URL, as the visitor requested it: absolute, and without characters that RFC 3986 refuses.
  public var href: String?
  /// The page's host, such as `example.com`.
  public var domain: String?
  /// The page's path, such as `/pricing`.
  public var pathname: String?
  /// The page's title.
  public var title: String?
  /// The URL that the page names as its canonical one.
  public var canonicalURL: String?
  /// The URL of the page that the visitor came from.
  public var referrer: String?
  /// The request's `User-Agent`.
  public var userAgent: String?
  /// The visitor's address; sent as ``Configuration/clientIP`` says.
  public var clientIP: String?
  /// The request's method, such as `GET`.
  public var method: String?
  /// Your id of the visitor's session.
  public var sessionID: String?
  /// Your id of a visitor who is not signed in.
  public var anonymousID: String?
  /// The visit's id. The server takes a visit of the same id for a repetition.
  public var eventID: String?
  /// When the visit was; sent in UTC with milliseconds, or with microseconds when it has any.
  public var occurredAt: Date?
  /// The name of what sends the visit, in place of this library's.
  public var sdkName: String?
  /// Its version.
  public var sdkVersion: String?
  /// What it runs in.
  public var sdkRuntime: String?
  /// What else there is to say.
  ///
  /// ```swift
  /// visit.properties["plan"] = "pro"
  /// ```
  public var properties: [String: Property]
  /// The fields that are sent as null, which says that there is none, rather than being absent. A field that has a value is sent with
  /// it.
  ///
  /// ```swift
  /// visit.nulls = [.referrer, .sessionID]
  /// ```
  public var nulls: Set<NullableField> = []
  /// Who signed the web request that the visit was made of.
  var signer: PageVisit.Signer?

  /// The fields that may be null.
  ///
  /// ```swift
  /// visit.nulls.insert(.referrer)
  /// ```
  public enum NullableField: String, Sendable, Hashable, Codable, CaseIterable {
    /// ``Visit/title``.
    case title
    /// ``Visit/canonicalURL``.
    case canonicalURL
    /// ``Visit/referrer``.
    case referrer
    /// ``Visit/userAgent``.
    case userAgent
    /// ``Visit/clientIP``.
    case clientIP
    /// ``Visit/method``.
    case method
    /// ``Visit/sessionID``.
    case sessionID
    /// ``Visit/anonymousID``.
    case anonymousID
  }

  /// Makes a visit of what is known about it.
  ///
  /// ```swift
  /// let visit = Visit(href: "https://example.com/", referrer: "https://chatgpt.com/")
  /// ```
  public init(
    href: String? = nil, domain: String? = nil, pathname: String? = nil, title: String? = nil, canonicalURL: String? = nil,
    referrer: String? = nil, userAgent: String? = nil, clientIP: String? = nil, method: String? = nil, sessionID: String? = nil,
    anonymousID: String? = nil, eventID: String? = nil, occurredAt: Date? = nil, sdkName: String? = nil, sdkVersion: String? = nil,
    sdkRuntime: String? = nil, properties: [String: Property] = [:]
  ) {
    self.href = href
    self.domain = domain
    self.pathname = pathname
    self.title = title
    self.canonicalURL = canonicalURL
    self.referrer = referrer
    self.userAgent = userAgent
    self.clientIP = clientIP
    self.method = method
    self.sessionID = sessionID
    self.anonymousID = anonymousID
    self.eventID = eventID
    self.occurredAt = occurredAt
    self.sdkName = sdkName
    self.sdkVersion = sdkVersion
    self.sdkRuntime = sdkRuntime
    self.properties = properties
  }

  /// Checks what `track` checks, without tracking. Fails with ``TPCError/Code/invalidEvent``, and with ``TPCError/Code/tooLarge`` for
  /// a visit that is larger than any client takes.
  ///
  /// ```swift
  /// try Visit(href: "https://example.com/").validate()
  /// ```
  public func validate() throws(TPCError) {
    try call { () throws(Failure) in
      var event = PageVisit()
      try write(to: &event)
      try event.validate()
    }
  }
}
