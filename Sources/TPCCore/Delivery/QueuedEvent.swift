// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// An accepted event: its final bytes, and what has been tried so far. Whoever ends it returns its bytes, once, to the
/// memory they are in.
struct QueuedEvent: BitwiseCopyable {
  private(set) var body: UnsafeMutablePointer<UInt8>
  let length: Int32
  let idOffset: Int32
  let idLength: Int32
  /// Whether its bytes have their own memory, from malloc, instead of the queue's.
  private(set) var isApart = false
  /// Whether its last request timed out without an answer.
  var isSilent = false
  /// The number of requests started for it.
  var attempts: UInt32 = 0
  /// The status of the last answer; 0 if there was none.
  var httpStatus: Int32 = 0
  /// The number of failures that count towards its backoff.
  var failures: Int32 = 0
  /// Its number in the order of acceptance.
  let sequence: UInt64
  /// When it was accepted, in milliseconds of the time in which the process ran: see `SuspendedTime`.
  let acceptedAt: Int64
  /// The earliest time for the next attempt, in monotonic milliseconds.
  var notBefore: Int64 = 0
  /// How many requests had shown that the endpoint works when this event last failed.
  var passesBefore: UInt64 = 0

  /// Copies the body to `memory`, which has room for it.
  init(_ body: EventWorkspace, in memory: UnsafeMutablePointer<UInt8>, sequence: UInt64, acceptedAt: Int64) {
    if let start = body.bytes.baseAddress { memcpy(memory, start, body.bytes.count) }
    self.body = memory
    length = Int32(truncatingIfNeeded: body.bytes.count)
    idOffset = Int32(truncatingIfNeeded: body.id.offset)
    idLength = Int32(truncatingIfNeeded: body.id.length)
    self.sequence = sequence
    self.acceptedAt = acceptedAt
  }

  /// Moves its bytes to their own memory and returns the old memory; nil if they stay where they are. An event may wait
  /// long for a retry, and would keep the whole slab that it is in from being returned.
  mutating func moveApart() -> UnsafeMutablePointer<UInt8>? {
    guard !isApart, let memory = malloc(Int(length)) else { return nil }
    memcpy(memory, body, Int(length))
    defer {
      body = memory.assumingMemoryBound(to: UInt8.self)
      isApart = true
    }
    return body
  }

  /// Frees the bytes if they have their own memory.
  func freeIfApart() { if isApart { free(body) } }

  var bytes: Bytes { Bytes(start: body, count: Int(length)) }

  /// The event's id as JSON text without its quotes.
  var escapedID: Bytes { bytes.part(Int(idOffset), Int(idOffset) + Int(idLength)) }
}
