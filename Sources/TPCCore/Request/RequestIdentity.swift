// SPDX-License-Identifier: Apache-2.0

/// Gives the visits of one request the same id, wherever the request is seen: at the CDN, in the server's log and in the
/// application. The option `event_id`.
package struct RequestIdentity {
  private let identity: HashedIdentity
  /// The lengths of an id that can be unique. Shorter ones are counters, or placeholders such as `-`.
  private static let lengths = 8...200

  /// Nil when the options ask for new ids. Fails with `invalidOption` where libcrypto is not there.
  @export(interface)
  package static func make(_ options: Options) throws(Failure) -> RequestIdentity? {
    try HashedIdentity.make(options, for: .eventID).map { RequestIdentity(identity: $0) }
  }

  private init(identity: HashedIdentity) { self.identity = identity }

  /// Sets the event's id by the request's `x-request-id`, else by its `traceparent`: by the trace, and the span that caused the
  /// request. Sets nothing when neither has an id, or when the event has no address.
  ///
  /// The page's domain and the visitor's address are part of it, since visitors can send any header: one who repeats the id of
  /// somebody else's request cannot make the server take that visit for a repetition.
  @export(interface)
  package func set(of visit: inout PageVisit, requestID: Bytes?, traceparent: Bytes?) throws(Failure) {
    guard let request = RequestIdentity.text(requestID, traceparent), let href = visit.value(.pageHref) else { return }
    // W3C's placeholder for no trace, and those of others: a visitor's visits would all have one id.
    if request.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "-") || $0 == 0x20 }) { return }
    var id = ByteBuffer()
    let domain = URI.Parts(href).host.map { href.part($0) }
    try identity.append(day: nil, domain: domain, address: visit.value(.requestClientIp), request, to: &id)
    if id.count > 0 { try visit.set(.eventId, valid: id.bytes) }
  }

  /// A log's word may be either.
  private static func text(_ requestID: Bytes?, _ traceparent: Bytes?) -> Bytes? {
    if let requestID, lengths.contains(requestID.count) { return span(requestID) ?? requestID }
    return traceparent.flatMap { span($0) }
  }

  /// The ids of the trace and the span in 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 (W3C Trace Context).
  @inline(never)
  private static func span(_ text: Bytes) -> Bytes? {
    guard text.count >= 55 else { return nil }
    for dash in [2, 35, 52] where text[dash] != UInt8(ascii: "-") { return nil }
    return text.part(3, 52)
  }
}
