// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// One line of an access log as Apache and nginx write it: common, combined, or vhost_combined, which puts the virtual host's
/// name and port in front. The texts are of the line, with the log's escapes still in them.
///
///     [vhost ]client identity user [time] "request" status bytes[ "referrer" "user agent"[ anything][ request id]]
///
/// Between and after these, a line may have fields that are not known here: they are passed over, and referrer and user agent are then the
/// last two quoted texts.
struct CombinedLine {
  private(set) var fields = LogFields()
  /// What had to be taken for granted to read the line.
  private(set) var notice: LogNotice?

  init(_ whole: Bytes) throws(UnreadableLine) {
    let line = CombinedLine.withoutQuotesAround(whole)
    guard let time = BracketedTime.find(in: line) else {
      throw UnreadableLine(reason: "has no time such as [23/Nov/2026:10:00:00 +0000]")
    }
    fields[.time] = line.part(time)
    guard CombinedClient.read(line.part(0, time.lowerBound - 1), into: &fields) else {
      throw UnreadableLine(reason: "has no client, identity and user, or something else besides, before the time")
    }
    guard let opening = CombinedLine.offset(of: UInt8(ascii: "\""), in: line, from: time.upperBound + 1) else {
      throw UnreadableLine(reason: "has no quoted request after the time")
    }
    guard let end = CombinedLine.closingQuote(line, opening + 1, { CombinedLine.isStatus(line, $0) }) else {
      throw UnreadableLine(reason: "has no end of the request with a status after it")
    }
    fields[.requestLine] = CombinedLine.request(line.part(opening + 1, end))
    var words = LogWords(line, from: end + 1)
    fields[.status] = words.next() ?? Bytes("")
    try readVisitor(line, try readBytes(words))
  }

  /// Returns where the number ends. A server may have been told to write none.
  private mutating func readBytes(_ words: LogWords) throws(UnreadableLine) -> Int {
    var next = words
    guard let word = next.next(), word[0] != UInt8(ascii: "\"") else { return words.at }
    guard word.matches("-") || EntryBuilder.number(word) != nil else {
      throw UnreadableLine(reason: "has no number of bytes after the status")
    }
    fields[.bytes] = word
    return next.at
  }

  // MARK: The request

  /// The last of several quoted texts, if it is a request: a server may have been told to write others before it.
  private static func request(_ text: Bytes) -> Bytes {
    var start = text.count
    while start >= 3 {
      start -= 1
      guard text[start] == UInt8(ascii: "\""), text[start - 1] == 0x20, text[start - 2] == UInt8(ascii: "\"") else { continue }
      let last = text.part(start + 1, text.count)
      return LogRequest.isWhole(last) ? last : text
    }
    return text
  }

  /// Whether a status begins there: three digits, or the `-` of a connection that was never answered.
  private static func isStatus(_ line: Bytes, _ start: Int) -> Bool {
    guard start < line.count, LogWords.isBlank(line[start]) else { return false }
    var words = LogWords(line, from: start)
    guard let word = words.next() else { return false }
    return word.matches("-") || word.count == 3 && EntryBuilder.number(word) != nil
  }

  // MARK: The visitor

  private mutating func readVisitor(_ line: Bytes, _ start: Int) throws(UnreadableLine) {
    var quotes = QuotedTexts(line, from: start)
    let first = quotes.next(orDash: true)
    guard let first else {
      guard let quote = CombinedLine.offset(of: UInt8(ascii: "\""), in: line, from: start) else { return }
      return try readLastTwo(line, quote)
    }
    if quotes.isCut { throw UnreadableLine(reason: "has a referrer without an end, or no user agent after it") }
    guard let second = quotes.next(orDash: true) else { return try readUnquotedAgent(line, first, quotes.at) }
    setVisitor(first, second)
    if quotes.isCut { notice = .cutAgent }
    readRest(line.part(quotes.at - 1, line.count))
  }

  /// After fields that are not known here.
  private mutating func readLastTwo(_ line: Bytes, _ start: Int) throws(UnreadableLine) {
    var quotes = QuotedTexts(line, from: start)
    var (last, before) = (Bytes(""), Bytes(""))
    var count = 0
    while let text = quotes.nextAnywhere() {
      (before, last) = (last, text)
      count += 1
    }
    guard count > 1 else { throw UnreadableLine(reason: "has unknown fields and only one quoted text after the number of bytes") }
    setVisitor(before, last)
    notice = notice ?? .unknownFields
  }

  private mutating func readUnquotedAgent(_ line: Bytes, _ referrer: Bytes, _ start: Int) throws(UnreadableLine) {
    var words = LogWords(line, from: start)
    guard let word = words.next(), word[0].lowercased &- 0x61 < 26 else {
      throw UnreadableLine(reason: "has a referrer without an end, or no user agent after it")
    }
    fields[.referrer] = referrer
    fields[.userAgent] = line.part(words.at - word.count, line.count)
    notice = .unquotedAgent
  }

  private mutating func setVisitor(_ referrer: Bytes, _ agent: Bytes) {
    // A referrer is a URL, and a user agent never begins with one.
    if CombinedLine.isURL(agent), !referrer.isEmpty, !referrer.matches("-"), !CombinedLine.isURL(referrer) {
      (fields[.referrer], fields[.userAgent]) = (agent, referrer)
      notice = .swapped
    } else {
      (fields[.referrer], fields[.userAgent]) = (referrer, agent)
    }
  }

  private static func isURL(_ text: Bytes) -> Bool { text.part(0, 7).matches("http://") || text.part(0, 8).matches("https://") }

  /// What many servers write last: the addresses that proxies reported, and the request's id.
  private mutating func readRest(_ rest: Bytes) {
    guard rest.count > 2 else { return }
    var quotes = QuotedTexts(rest, from: 1)
    if let text = quotes.nextAnywhere(), LogAddress.isList(text) { fields[.forwardedFor] = text }
    if let id = CombinedLine.lastID(rest) { fields[.requestID] = id }
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

  // MARK: Quotes

  /// The first quote from `start` on that ends a text: it is not escaped, and `follows` accepts what comes after it. In the logs
  /// of servers that do not escape quotes, something else comes after the quotes within a text.
  static func closingQuote(_ line: Bytes, _ start: Int, _ follows: (Int) -> Bool) -> Int? {
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

  private static func offset(of byte: UInt8, in line: Bytes, from start: Int) -> Int? {
    var at = start
    while at < line.count {
      if line[at] == byte { return at }
      at += 1
    }
    return nil
  }

  /// OpenLiteSpeed puts a quote before the client, and some collectors quote the whole line.
  private static func withoutQuotesAround(_ line: Bytes) -> Bytes {
    guard line.first == UInt8(ascii: "\"") else { return line }
    let rest = line.part(1, line.count)
    var quotes = 0
    for byte in rest where byte == UInt8(ascii: "\"") { quotes += 1 }
    // The quote before the client alone, as in "203.0.113.5", is closed before the time.
    let isOpen = rest.firstIndex(of: UInt8(ascii: "\"")) ?? 0 > rest.firstIndex(of: UInt8(ascii: "[")) ?? Int.max
    let isQuotedWhole = isOpen && quotes % 2 == 1 && rest.last == UInt8(ascii: "\"")
    return isQuotedWhole ? rest.part(0, rest.count - 1) : rest
  }
}
