// SPDX-License-Identifier: Apache-2.0

/// Gives a sender the event's id, to match delivery reports with what it sent.
extension PageVisit {
  /// Whether the event was given an id.
  @export(interface)
  package func hasIdentity() -> Bool { value(.eventId) != nil }

  /// Appends the event's id as a report will contain it. An event without an id is given one first, as `track` would.
  @export(interface)
  package mutating func identify(into id: inout ByteBuffer) throws(Failure) {
    if let given = value(.eventId) {
      guard JSONString.decode(given, into: &id) else { throw .outOfMemory }
      return
    }
    let start = id.count
    var random = Random()
    guard UUIDv7.append(to: &id, milliseconds: Clock.wall(), (random.next(), random.next())) else { throw .outOfMemory }
    try set(.eventId, id.bytes.part(start, id.count))
  }
}
