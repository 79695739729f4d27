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
  /// Its number in the order of acceptance; `adopted` for one that another process accepted.
  let sequence: UInt64
  /// When it is given up, in milliseconds of the time in which the process ran: see `SuspendedTime`.
  let expiresAt: Int64
  /// Where it is on disk, if it is.
  var place: SpoolPlace
  /// The earliest time for the next attempt, in monotonic milliseconds.
  var notBefore: Int64 = 0
  /// How many requests had shown that the endpoint works when this event last failed.
  var passesBefore: UInt64 = 0

  /// Copies the body to `memory`, which has room for it.
  init(
    _ bytes: Bytes, id: (offset: Int, length: Int), in memory: UnsafeMutablePointer<UInt8>, sequence: UInt64, expiresAt: Int64,
    place: SpoolPlace
  ) {
    if let start = bytes.baseAddress, memory != start { memcpy(memory, start, bytes.count) }
    body = memory
    length = Int32(truncatingIfNeeded: bytes.count)
    idOffset = Int32(truncatingIfNeeded: id.offset)
    idLength = Int32(truncatingIfNeeded: id.length)
    self.sequence = sequence
    self.expiresAt = expiresAt
    self.place = place
  }

  static let adopted = UInt64.max
  var isAdopted: Bool { sequence == QueuedEvent.adopted }

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
