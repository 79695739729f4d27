// SPDX-License-Identifier: Apache-2.0

/// What the server said about an event, or what kept it from saying something. Views of memory that the reader of the answer
/// owns, valid for one call.
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

  /// What to say of an event that ended without a last answer.
  init(_ outcome: Outcome) {
    switch outcome {
    case .expired: self.init(code: Bytes("expired"), message: Bytes("delivery_timeout_ms was up before the event was delivered"))
    case .abandoned: self.init(code: Bytes("abandoned"), message: Bytes("the client was closed before the event was delivered"))
    case .delivered, .rejected: self.init()
    }
  }

  var isEmpty: Bool { code.isEmpty && message.isEmpty && details.isEmpty && receivedAt.isEmpty }

  /// Bytes of a code or a message that are kept. A server may send as much as it likes; this much tells why.
  private static let longestText = 512
  /// Longer details are left out whole: a part of them would not be JSON.
  private static let longestDetails = 2048
  /// RFC 3339 sets no limit to the digits of a second's fraction.
  private static let longestTime = 64

  /// As much of the words as is kept beyond the call: 3.1 KiB at the most.
  var bounded: OutcomeDetails {
    var kept = OutcomeDetails()
    kept.code = code.part(0, UTF8Text.cut(code, to: OutcomeDetails.longestText))
    kept.message = message.part(0, UTF8Text.cut(message, to: OutcomeDetails.longestText))
    if details.count <= OutcomeDetails.longestDetails { kept.details = details }
    if receivedAt.count <= OutcomeDetails.longestTime { kept.receivedAt = receivedAt }
    return kept
  }
}

/// The endpoint's last failure in its own words, kept until it takes events again.
struct LastFailure: ~Copyable {
  private var code = ByteBuffer()
  private var message = ByteBuffer()

  var isNoted: Bool { code.count + message.count > 0 }

  var words: OutcomeDetails { OutcomeDetails(code: code.bytes, message: message.bytes) }

  mutating func note(_ words: OutcomeDetails) {
    forget()
    let kept = words.bounded
    _ = code.put(kept.code)
    _ = message.put(kept.message)
  }

  mutating func forget() {
    code.truncate(to: 0)
    message.truncate(to: 0)
  }
}
