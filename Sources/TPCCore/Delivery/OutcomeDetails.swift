// SPDX-License-Identifier: Apache-2.0

/// What the server said about an event, or what kept it from answering. These are views of memory owned by whoever read
/// the answer, valid for one call.
struct OutcomeDetails {
  var code = Bytes(start: nil, count: 0)
  var message = Bytes(start: nil, count: 0)
  var details = Bytes(start: nil, count: 0)
  var receivedAt = Bytes(start: nil, count: 0)

  init() {}

  init(code: Bytes, message: Bytes) {
    self.code = code
    self.message = message
  }

  /// The details of an event that ended without a last answer.
  init(_ outcome: Outcome) {
    switch outcome {
    case .expired: self.init(code: Bytes("expired"), message: Bytes("delivery_timeout_ms, or spool_max_age_ms, was up before the event was delivered"))
    case .abandoned: self.init(code: Bytes("abandoned"), message: Bytes("the client was closed before the event was delivered"))
    case .spooled: self.init(code: Bytes("spooled"), message: Bytes("the event was left in spool_directory, for whoever sends from there next"))
    case .delivered, .rejected: self.init()
    }
  }

  var isEmpty: Bool { code.isEmpty && message.isEmpty && details.isEmpty && receivedAt.isEmpty }

  /// How much of a code or a message is kept. A server may send any amount; this much is enough to tell why.
  private static let maximumTextBytes = 512
  /// Longer details are dropped entirely: a part of them would not be JSON.
  private static let maximumDetailsBytes = 2048
  /// Longer times are dropped; RFC 3339 does not limit the digits of a second's fraction.
  private static let maximumTimeBytes = 64

  /// The part that is kept beyond the call: at most 3.1 KiB.
  var bounded: OutcomeDetails {
    var kept = OutcomeDetails()
    kept.code = code.part(0, UTF8Text.cut(code, to: OutcomeDetails.maximumTextBytes))
    kept.message = message.part(0, UTF8Text.cut(message, to: OutcomeDetails.maximumTextBytes))
    if details.count <= OutcomeDetails.maximumDetailsBytes { kept.details = details }
    if receivedAt.count <= OutcomeDetails.maximumTimeBytes { kept.receivedAt = receivedAt }
    return kept
  }
}

/// The endpoint's last failure in its own words, kept until it accepts events again.
struct LastFailure: ~Copyable {
  private var code = ByteBuffer()
  private var message = ByteBuffer()
  private var details = ByteBuffer()

  var isNoted: Bool { code.count + message.count > 0 }

  var words: OutcomeDetails {
    var words = OutcomeDetails(code: code.bytes, message: message.bytes)
    words.details = details.bytes
    return words
  }

  @inline(never)
  mutating func note(_ words: OutcomeDetails) {
    forget()
    let kept = words.bounded
    _ = code.put(kept.code)
    _ = message.put(kept.message)
    _ = details.put(kept.details)
  }

  @inline(never)
  mutating func forget() {
    code.truncate(to: 0)
    message.truncate(to: 0)
    details.truncate(to: 0)
  }
}
