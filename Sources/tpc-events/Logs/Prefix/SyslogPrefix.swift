// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The header of a syslog message.
enum SyslogPrefix {
  private static let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
  /// How far the end of a tag with blanks in it is looked for.
  private static let longestTag = 160

  /// RFC 3164. Senders leave out the priority, or the host; what is never left out is the tag with its colon.
  static func end(_ line: Bytes) -> Int? {
    let start = priorityEnd(line)
    guard var at = timeEnd(line, start ?? 0), at < line.count, line[at] == 0x20 else { return nil }
    let afterTime = at
    for _ in 0..<2 {
      while at < line.count, line[at] == 0x20 { at += 1 }
      let word = at
      while at < line.count, line[at] != 0x20 { at += 1 }
      if at > word + 1, line[at - 1] == UInt8(ascii: ":") { return messageStart(line, at) }
    }
    // A name with blanks, as a logging endpoint of a CDN may have.
    guard start != nil else { return nil }
    at = afterTime
    while at + 2 < line.count, at < afterTime + longestTag {
      if line[at] == UInt8(ascii: "]"), line[at + 1] == UInt8(ascii: ":") { return messageStart(line, at + 2) }
      at += 1
    }
    return nil
  }

  /// RFC 5424: priority, version, time, host, application, process, message id, structured data.
  static func end5424(_ line: Bytes) -> Int? {
    guard var at = priorityEnd(line), at + 1 < line.count, line[at] &- 0x31 < 9, line[at + 1] == 0x20 else { return nil }
    at += 2
    for field in 0..<5 {
      let start = at
      while at < line.count, line[at] != 0x20 { at += 1 }
      guard at > start, at < line.count else { return nil }
      let text = line.part(start, at)
      if field == 0, !text.matches("-"), timeEnd(text, 0) != text.count { return nil }
      at += 1
    }
    guard let end = structuredDataEnd(line, at) else { return nil }
    return messageStart(line, end)
  }

  // MARK: Parts

  /// The end of `<134>`, also after the length that a message over TCP has in front (RFC 6587); nil when there is none.
  private static func priorityEnd(_ line: Bytes) -> Int? {
    var at = 0
    if line.first.map({ $0 &- 0x30 < 10 }) == true {
      while at < line.count, at < 8, line[at] &- 0x30 < 10 { at += 1 }
      guard at < line.count, line[at] == 0x20 else { return nil }
      at += 1
    }
    guard at < line.count, line[at] == UInt8(ascii: "<") else { return nil }
    let start = at + 1
    at = start
    while at < line.count, at < start + 3, line[at] &- 0x30 < 10 { at += 1 }
    guard at > start, at < line.count, line[at] == UInt8(ascii: ">") else { return nil }
    return at + 1
  }

  private static func timeEnd(_ line: Bytes, _ start: Int) -> Int? {
    let text = line.part(start, min(line.count, start + 40))
    return (oldTimeEnd(text) ?? isoTimeEnd(text)).map { start + $0 }
  }

  /// `Nov 23 10:00:00`, `Nov  3 10:00:00`, and `Nov 23 2026 10:00:00`.
  private static func oldTimeEnd(_ text: Bytes) -> Int? {
    guard text.count >= 15, isMonth(text.part(0, 3)), text[3] == 0x20, text[4] == 0x20 || text[4] &- 0x30 < 4, isDigit(text[5]),
      text[6] == 0x20
    else { return nil }
    let year = text.part(7, 12)
    let hasYear = year.count == 5 && year[4] == 0x20 && year.part(0, 4).allSatisfy(isDigit)
    let clock = hasYear ? 12 : 7
    guard isClock(text, clock) else { return nil }
    return fractionEnd(text, clock + 8)
  }

  /// `2026-11-23T10:00:00.123+01:00`.
  private static func isoTimeEnd(_ text: Bytes) -> Int? {
    guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"), isClock(text, 11),
      text.part(0, 4).allSatisfy(isDigit)
    else { return nil }
    var at = fractionEnd(text, 19)
    if at < text.count, text[at] == UInt8(ascii: "Z") { return at + 1 }
    guard at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") else { return nil }
    at += 1
    let zone = at
    while at < text.count, isDigit(text[at]) || text[at] == UInt8(ascii: ":") { at += 1 }
    return at > zone ? at : nil
  }

  private static func fractionEnd(_ text: Bytes, _ start: Int) -> Int {
    guard start < text.count, text[start] == UInt8(ascii: ".") else { return start }
    var at = start + 1
    while at < text.count, isDigit(text[at]) { at += 1 }
    return at
  }

  private static func isClock(_ text: Bytes, _ at: Int) -> Bool {
    guard at + 8 <= text.count, text[at + 2] == UInt8(ascii: ":"), text[at + 5] == UInt8(ascii: ":") else { return false }
    return isDigit(text[at]) && isDigit(text[at + 1]) && isDigit(text[at + 3]) && isDigit(text[at + 4]) && isDigit(text[at + 6])
      && isDigit(text[at + 7])
  }

  private static func isMonth(_ name: Bytes) -> Bool {
    for month in 0..<12 where months.bytes.part(3 * month, 3 * month + 3).matches(name) { return true }
    return false
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// The end of `-`, or of `[id name="value"]` any number of times.
  private static func structuredDataEnd(_ line: Bytes, _ start: Int) -> Int? {
    guard start < line.count else { return nil }
    if line[start] == UInt8(ascii: "-") { return start + 1 }
    var at = start
    while at < line.count, line[at] == UInt8(ascii: "[") {
      var isQuoted = false
      while at < line.count, isQuoted || line[at] != UInt8(ascii: "]") {
        if line[at] == UInt8(ascii: "\"") { isQuoted.toggle() }
        at += isQuoted && line[at] == UInt8(ascii: "\\") ? 2 : 1
      }
      at += 1
    }
    return at > start && at <= line.count ? at : nil
  }

  /// Past the blanks before the message, and past the mark of a message in JSON.
  private static func messageStart(_ line: Bytes, _ end: Int) -> Int? {
    guard end < line.count, line[end] == 0x20 else { return nil }
    var at = end
    while at < line.count, line[at] == 0x20 { at += 1 }
    if line.part(at, at + 5).matches("@cee:") {
      at += 5
      while at < line.count, line[at] == 0x20 { at += 1 }
    }
    return at
  }
}
