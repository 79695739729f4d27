// SPDX-License-Identifier: Apache-2.0

/// What the server said about an event, or what kept it from saying something. Views of memory that the reader of the answer
/// owns, valid for one call.
struct ServerWords {
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

  var isEmpty: Bool { code.isEmpty && message.isEmpty && receivedAt.isEmpty }
}

/// The endpoint's last failure in its own words, kept until it takes events again.
struct Trouble: ~Copyable {
  private var code = ByteBuffer()
  private var message = ByteBuffer()

  /// A message may be as long as a server likes; this much of it tells why.
  private static let longest = 512

  var isNoted: Bool { code.count + message.count > 0 }

  var words: ServerWords { ServerWords(code: code.bytes, message: message.bytes) }

  mutating func note(_ words: ServerWords) {
    forget()
    _ = code.append(words.code.part(0, UTF8Text.cut(words.code, to: Trouble.longest)))
    _ = message.append(words.message.part(0, UTF8Text.cut(words.message, to: Trouble.longest)))
  }

  mutating func forget() {
    code.truncate(to: 0)
    message.truncate(to: 0)
  }
}
