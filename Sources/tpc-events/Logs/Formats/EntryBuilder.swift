// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Turns the texts of a line's fields into an entry: the one place that knows how logs write times, numbers and visitors' texts. What it
/// returns is valid until the next call.
struct EntryBuilder: ~Copyable {
  private let time: TimeForm
  private let texts: TextForm
  // Used again for each line.
  private var timeText = ByteBuffer()
  private var decoded = ByteBuffer()
  private var target = ByteBuffer()

  init(time: TimeForm, texts: TextForm) {
    self.time = time
    self.texts = texts
  }

  /// Fails when there is no time in the form that the log has.
  mutating func entry(_ fields: LogFields) throws(UnreadableLine) -> LogEntry {
    timeText.truncate(to: 0)
    decoded.truncate(to: 0)
    guard setTime(fields) else { throw UnreadableLine(reason: "has no time in the log's form") }
    let (given, referrer, agent) = (request(fields), fields.present(.referrer), fields.present(.userAgent))
    // Decoding never makes a text longer, so the buffer does not move under the views into it.
    guard decoded.reserve((given?.target.count ?? 0) + (referrer?.count ?? 0) + (agent?.count ?? 0)) else {
      throw UnreadableLine(reason: "cannot be read: memory ran out")
    }
    let (host, port) = HostAndPort.split(fields.present(.host))
    return LogEntry(
      time: timeText.bytes, scheme: scheme(fields.present(.scheme), port), host: host, client: fields.present(.client),
      forwardedFor: fields.present(.forwardedFor), request: given.flatMap { LogRequest(method: $0.method, target: decode(target: $0.target)) },
      status: EntryBuilder.status(fields[.status]), bytes: EntryBuilder.number(fields[.bytes]),
      referrer: referrer.map { decode($0) }, userAgent: agent.map { decode($0) }, requestID: fields.present(.requestID))
  }

  private mutating func setTime(_ fields: LogFields) -> Bool {
    let text = fields[.time]
    if !text.isEmpty { return LogTime.append(text, time, to: &timeText) }
    return LogTime.append(date: fields[.date], timeOfDay: fields[.timeOfDay], to: &timeText)
  }

  // MARK: The request

  /// The method and target, as they are in the log.
  private mutating func request(_ fields: LogFields) -> (method: Bytes, target: Bytes)? {
    if let line = fields.present(.requestLine) {
      guard let request = LogRequest(line: line) else { return nil }
      return (request.method, request.target)
    }
    guard let method = fields.present(.method) else { return nil }
    if let whole = fields.present(.target) { return (method, whole) }
    guard let path = fields.present(.path) else { return nil }
    guard let query = fields.present(.query), !query.matches("?") else { return (method, path) }
    target.truncate(to: 0)
    let isMarked = query[0] == UInt8(ascii: "?")
    guard target.append(path), isMarked || target.append("?"), target.append(query) else { return nil }
    return (method, target.bytes)
  }

  /// What the log says, in lower case. Behind a proxy that ends TLS, port 80 says nothing about the page's URL.
  private func scheme(_ text: Bytes?, _ port: Bytes?) -> Bytes? {
    if let text {
      if text.matches("https") || text.matches("HTTPS") || text.matches("wss") { return Bytes("https") }
      if text.matches("http") || text.matches("HTTP") || text.matches("ws") { return Bytes("http") }
    }
    guard let port, port.matches("443") else { return nil }
    return Bytes("https")
  }

  // MARK: Numbers

  /// A status of HTTP. A server that did not answer writes 0, 000, 499 and the like, of which the first two are none.
  static func status(_ text: Bytes) -> Int? {
    guard text.count == 3, let number = number(text), number >= 100 else { return nil }
    return number
  }

  static func number(_ text: Bytes) -> Int? {
    guard text.count > 0, text.count <= 18 else { return nil }
    var number = 0
    for byte in text {
      guard byte &- 0x30 < 10 else { return nil }
      number = number * 10 + Int(byte &- 0x30)
    }
    return number
  }

  // MARK: Visitors' texts

  /// A target in percent-encoding is a target already, and a `+` in it may be one.
  private mutating func decode(target text: Bytes) -> Bytes {
    texts == .escaped || texts == .hashEncoded ? decode(text) : text
  }

  /// The bytes that the server saw. A text without an escape, as most are, stays where it is.
  private mutating func decode(_ text: Bytes) -> Bytes {
    let offset = decoded.count
    switch texts {
    case .plain: return text
    case .escaped:
      guard EntryBuilder.holds(text, UInt8(ascii: "\\")) else { return text }
      CombinedEscapes.appendDecoded(text, to: &decoded)
    case .percentEncoded:
      guard EntryBuilder.holds(text, UInt8(ascii: "%")) else { return text }
      PercentCode.appendDecoded(text, to: &decoded)
    case .hashEncoded:
      guard EntryBuilder.holds(text, UInt8(ascii: "#")) else { return text }
      PercentCode.appendDecoded(text, UInt8(ascii: "#"), to: &decoded)
    case .plusForSpace:
      guard EntryBuilder.holds(text, UInt8(ascii: "+")) else { return text }
      for byte in text { _ = decoded.append(byte == UInt8(ascii: "+") ? 0x20 : byte) }
    }
    return decoded.bytes.part(offset, decoded.count)
  }

  private static func holds(_ text: Bytes, _ byte: UInt8) -> Bool {
    text.baseAddress.map { memchr($0, Int32(byte), text.count) != nil } ?? false
  }
}
