// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// One line of an access log as Apache and nginx write it: common, combined, or vhost_combined, which puts the virtual host's
/// name and port in front. The views are of the line, with the log's escapes still in them (`CombinedEscapes` resolves these).
///
///     [vhost ]client identity user [time] "request" status bytes[ "referrer" "user agent"[ anything][ request id]]
struct CombinedLine {
  let virtualHost: Bytes?
  let client: Bytes
  let time: Bytes
  let request: Bytes
  /// Nil where the server wrote `-`.
  let status: Int?
  let bytes: Int?
  /// Nil where it is absent (the common format) or `-`.
  let referrer: Bytes?
  let userAgent: Bytes?
  /// The last word after the user agent.
  let requestID: Bytes?

  init(_ line: Bytes) throws(UnreadableLine) {
    guard let timeStart = CombinedLine.findTime(line) else {
      throw UnreadableLine(reason: "has no time such as [23/Nov/2026:10:00:00 +0000]")
    }
    (virtualHost, client) = try CombinedLine.hosts(line.part(0, timeStart - 2))
    let timeEnd = timeStart + CombinedTime.length
    time = line.part(timeStart, timeEnd)
    guard line.part(timeEnd, timeEnd + 3).matches("] \"") else {
      throw UnreadableLine(reason: "has no quoted request after the time")
    }
    let requestStart = timeEnd + 3
    guard let requestEnd = CombinedLine.closingQuote(line, requestStart, { CombinedLine.isStatus(line, $0) }) else {
      throw UnreadableLine(reason: "has no end of the request with a status after it")
    }
    request = line.part(requestStart, requestEnd)
    status = CombinedLine.number(line.part(requestEnd + 2, requestEnd + 5))
    let bytesStart = requestEnd + (status == nil ? 4 : 6)
    var bytesEnd = bytesStart
    while bytesEnd < line.count && line[bytesEnd] != 0x20 { bytesEnd += 1 }
    bytes = CombinedLine.number(line.part(bytesStart, bytesEnd))
    guard bytes != nil || line.part(bytesStart, bytesEnd).matches("-") else {
      throw UnreadableLine(reason: "has no number of bytes after the status")
    }
    let agentEnd: Int
    (referrer, userAgent, agentEnd) = try CombinedLine.visitor(line, bytesEnd)
    requestID = CombinedLine.lastID(line.part(agentEnd, line.count))
  }

  // MARK: Before the time

  /// Where the time starts. A user's name, which comes before it, may itself contain a bracket.
  private static func findTime(_ line: Bytes) -> Int? {
    var at = 1
    while at + 1 + CombinedTime.length < line.count {
      if line[at] == UInt8(ascii: "["), line[at - 1] == 0x20, CombinedTime.isTime(line.part(at + 1, at + 1 + CombinedTime.length)) {
        return at + 1
      }
      at += 1
    }
    return nil
  }

  /// The hosts among the words `[vhost] client identity user`. A user's name may have spaces, so the number of words alone
  /// does not show whether there is a virtual host.
  private static func hosts(_ text: Bytes) throws(UnreadableLine) -> (virtual: Bytes?, client: Bytes) {
    let first = word(text, 0)
    let second = word(text, first.count + 1)
    let third = word(text, first.count + second.count + 2)
    guard !first.isEmpty, !second.isEmpty, !third.isEmpty else {
      throw UnreadableLine(reason: "has no client, identity and user before the time")
    }
    let hasFourth = first.count + second.count + third.count + 3 < text.count
    let isVirtual = IPAddress(first) == nil && hasFourth
    return isVirtual ? (withoutPort(first), second) : (nil, first)
  }

  private static func word(_ text: Bytes, _ start: Int) -> Bytes {
    var end = start
    while end < text.count && text[end] != 0x20 { end += 1 }
    return text.part(start, end)
  }

  private static func withoutPort(_ host: Bytes) -> Bytes {
    var colon = host.count
    while colon > 0, host[colon - 1] &- 0x30 < 10 { colon -= 1 }
    guard colon > 0, colon < host.count, host[colon - 1] == UInt8(ascii: ":") else { return host }
    return host.part(0, colon - 1)
  }

  // MARK: After the time

  /// The first quote from `start` on that ends a text: it is not escaped, and `follows` accepts what comes after it. In the logs
  /// of servers that do not escape quotes, something else comes after the quotes within a text.
  private static func closingQuote(_ line: Bytes, _ start: Int, _ follows: (Int) -> Bool) -> Int? {
    var at = start
    while at < line.count {
      if line[at] == UInt8(ascii: "\\") {
        at += 2
        continue
      }
      if line[at] == UInt8(ascii: "\""), follows(at + 1) { return at }
      at += 1
    }
    return nil
  }

  private static func isStatus(_ line: Bytes, _ at: Int) -> Bool {
    let text = line.part(at, at + 5)
    if text.part(0, 3).matches(" - ") { return true }
    return text.count == 5 && text[0] == 0x20 && text[4] == 0x20 && number(text.part(1, 4)) != nil
  }

  private static func number(_ text: Bytes) -> Int? {
    guard text.count > 0, text.count <= 18 else { return nil }
    var number = 0
    for byte in text {
      guard byte &- 0x30 < 10 else { return nil }
      number = number * 10 + Int(byte &- 0x30)
    }
    return number
  }

  private static func visitor(_ line: Bytes, _ start: Int) throws(UnreadableLine) -> (referrer: Bytes?, userAgent: Bytes?, end: Int) {
    // The common format ends here; anything else that is not quoted is another format's, and not a referrer.
    guard line.part(start, start + 2).matches(" \"") else { return (nil, nil, line.count) }
    let referrerStart = start + 2
    guard let referrerEnd = closingQuote(line, referrerStart, { line.part($0, $0 + 2).matches(" \"") }) else {
      throw UnreadableLine(reason: "has a referrer without an end, or no user agent after it")
    }
    let agentStart = referrerEnd + 3
    guard let agentEnd = closingQuote(line, agentStart, { $0 == line.count || line[$0] == 0x20 }) else {
      throw UnreadableLine(reason: "has a user agent without an end")
    }
    return (present(line.part(referrerStart, referrerEnd)), present(line.part(agentStart, agentEnd)), agentEnd)
  }

  /// The last word, with or without quotes, if it looks like an id: letters, digits, `-` and `_`. An address, which many formats
  /// have there, has other characters.
  private static func lastID(_ rest: Bytes) -> Bytes? {
    var end = rest.count
    if end > 0, rest[end - 1] == UInt8(ascii: "\"") { end -= 1 }
    var start = end
    while start > 0, isOfID(rest[start - 1]) { start -= 1 }
    guard start > 1, start < end else { return nil }
    let isQuoted = end < rest.count
    guard rest[start - 1] == (isQuoted ? UInt8(ascii: "\"") : 0x20), !isQuoted || rest[start - 2] == 0x20 else { return nil }
    return rest.part(start, end)
  }

  private static func isOfID(_ byte: UInt8) -> Bool {
    byte.lowercased &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  private static func present(_ text: Bytes) -> Bytes? { text.isEmpty || text.matches("-") ? nil : text }
}
