// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// An accepted event on its way: its final bytes, and what has been tried. Whoever ends it gives its bytes back to the memory
/// that they lie in, once.
struct QueuedEvent: BitwiseCopyable {
  private(set) var body: UnsafeMutablePointer<UInt8>
  let length: Int32
  let idOffset: Int32
  let idLength: Int32
  /// Its bytes lie in memory of their own, from malloc, rather than in the queue's.
  private(set) var isApart = false
  /// Its last request got no answer in its time.
  var isSilent = false
  /// Requests that were started for it.
  var attempts: UInt32 = 0
  /// The last answer's status; 0 for none.
  var httpStatus: Int32 = 0
  /// Failures that count towards its backoff.
  var failures: Int32 = 0
  /// The order of acceptance.
  let sequence: UInt64
  /// Milliseconds of the time in which the process ran: see `SuspendedTime`.
  let acceptedAt: Int64
  /// Not before this time again, in monotonic milliseconds.
  var notBefore: Int64 = 0
  /// How many events had passed when it failed last.
  var passesBefore: UInt64 = 0

  /// With a copy of the body in `memory`, which has room for it.
  init(_ body: EventWorkspace, in memory: UnsafeMutablePointer<UInt8>, sequence: UInt64, acceptedAt: Int64) {
    if let start = body.bytes.baseAddress { memcpy(memory, start, body.bytes.count) }
    self.body = memory
    length = Int32(truncatingIfNeeded: body.bytes.count)
    idOffset = Int32(truncatingIfNeeded: body.id.offset)
    idLength = Int32(truncatingIfNeeded: body.id.length)
    self.sequence = sequence
    self.acceptedAt = acceptedAt
  }

  /// Moves its bytes to memory of their own, and returns where they lay; nil when they stay where they are. An event that waits
  /// for a retry may wait long: among those that come and go, it would keep the whole slab that it lies in.
  mutating func moveApart() -> UnsafeMutablePointer<UInt8>? {
    guard !isApart, let memory = malloc(Int(length)) else { return nil }
    memcpy(memory, body, Int(length))
    defer {
      body = memory.assumingMemoryBound(to: UInt8.self)
      isApart = true
    }
    return body
  }

  /// Frees what lies in memory of its own.
  func freeIfApart() { if isApart { free(body) } }

  var bytes: Bytes { Bytes(start: body, count: Int(length)) }

  /// The event's id as it stands in its JSON, between the quotes.
  var escapedID: Bytes { bytes.part(Int(idOffset), Int(idOffset) + Int(idLength)) }
}
