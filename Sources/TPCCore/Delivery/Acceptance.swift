// SPDX-License-Identifier: Apache-2.0

/// The contract's body of a 200 (`responses.200`): ok, data.ok, data.data.accepted, eventId, status "accepted", receivedAt.
///
/// Read with the event's own reader rather than jansson: it comes with every event, and building a tree of it would be the
/// dearest step of a delivery. Answers of other kinds are rare and are `ErrorBody`'s.
struct Acceptance {
  /// The server's receivedAt.
  let receivedAt: Bytes

  /// Nil when the body is not what the contract says.
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

  /// The receivedAt of a body as `JSON.stringify` writes it, with the members in the contract's order: so most come, and they
  /// can be told without reading them piece by piece. Nil for any other, which says nothing about it.
  private static func plain(_ body: Bytes) -> Bytes? {
    let head = Bytes("{\"ok\":true,\"data\":{\"ok\":true,\"data\":{\"accepted\":true,\"eventId\":\"")
    let middle = Bytes("\",\"status\":\"accepted\",\"receivedAt\":\"")
    let tail = Bytes("\"}}}")
    guard body.part(0, head.count).matches(head) else { return nil }
    let rest = body.tail(head.count)
    guard let quote = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    let id = rest.part(0, quote)
    let behind = rest.tail(quote)
    let time = behind.part(middle.count, behind.count - tail.count)
    guard behind.part(0, middle.count).matches(middle), behind.part(behind.count - tail.count, behind.count).matches(tail),
      JSONString.scan(id) == (nil, false), DateTime.check(time) == nil
    else { return nil }
    return time
  }

  /// The member `data` of an object whose member `ok` is true.
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
