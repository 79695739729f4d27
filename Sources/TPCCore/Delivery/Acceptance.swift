// SPDX-License-Identifier: Apache-2.0

/// Reads the contract's body of a 200 (`responses.200`): ok, data.ok, data.data.accepted, eventId, status "accepted",
/// receivedAt.
///
/// It uses the event's own reader rather than jansson: this body is read for every event, and building a tree of it
/// would be the most expensive step of a delivery. Other answers are rare; `ErrorBody` reads those.
struct Acceptance {
  /// The server's receivedAt, as JSON text without its quotes.
  let receivedAt: Bytes

  /// Nil when the body does not match the contract.
  init?(_ body: Bytes) {
    if let received = Acceptance.plain(body) {
      receivedAt = received
      return
    }
    guard JSONSyntax.check(body) == nil, let data = Acceptance.accepted(body).flatMap(Acceptance.accepted) else { return nil }
    var (isAccepted, hasID, hasStatus, received) = (false, false, false, Bytes?.none)
    var cursor = JSONCursor(data)
    guard cursor.enterObject() else { return nil }
    while let key = cursor.nextMember() {
      let value = cursor.skipValue()
      if JSONString.equals(key, Bytes("accepted")) {
        isAccepted = value.matches("true")
      } else if JSONString.equals(key, Bytes("eventId")) {
        hasID = JSONCursor(value).kind == .string
      } else if JSONString.equals(key, Bytes("status")) {
        hasStatus = value.matches("\"accepted\"")
      } else if JSONString.equals(key, Bytes("receivedAt")) {
        received = JSONCursor(value).kind == .string ? value.part(1, value.count - 1) : nil
      }
    }
    guard isAccepted, hasID, hasStatus, let received, DateTime.check(received) == nil else { return nil }
    receivedAt = received
  }

  /// The receivedAt of a body in the form that `JSON.stringify` writes, with the members in the contract's order. Most
  /// bodies have this form and can be recognized without reading them piece by piece. Nil for any other body, which may
  /// be valid all the same.
  private static func plain(_ body: Bytes) -> Bytes? {
    let head = Bytes("{\"ok\":true,\"data\":{\"ok\":true,\"data\":{\"accepted\":true,\"eventId\":\"")
    let middle = Bytes("\",\"status\":\"accepted\",\"receivedAt\":\"")
    let tail = Bytes("\"}}}")
    guard body.part(0, head.count).matches(head) else { return nil }
    let rest = body.tail(head.count)
    guard let quote = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    let id = rest.part(0, quote)
    let end = rest.tail(quote)
    let time = end.part(middle.count, end.count - tail.count)
    guard end.part(0, middle.count).matches(middle), end.part(end.count - tail.count, end.count).matches(tail),
      JSONString.scan(id) == (nil, false), DateTime.check(time) == nil
    else { return nil }
    return time
  }

  /// The member `data` of an object whose member `ok` is true; otherwise nil.
  private static func accepted(_ body: Bytes) -> Bytes? {
    var (isOK, data) = (false, Bytes?.none)
    var cursor = JSONCursor(body)
    cursor.skipWhitespace()
    guard cursor.enterObject() else { return nil }
    while let key = cursor.nextMember() {
      let value = cursor.skipValue()
      if JSONString.equals(key, Bytes("ok")) { isOK = value.matches("true") }
      if JSONString.equals(key, Bytes("data")) { data = value }
    }
    return isOK ? data : nil
  }
}
