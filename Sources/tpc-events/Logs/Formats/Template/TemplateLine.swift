// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The fields of one line, by a template.
struct TemplateLine {
  private var ranked = RankedFields()
  /// The captured headers that are known by nothing but their form.
  private(set) var hasRecognizedHeaders = false
  /// Whether the line ends within a referrer or user agent.
  private(set) var isCut = false
  private let line: Bytes
  /// Whether a backslash before a quote makes it part of the text.
  private let hasEscapes: Bool
  private let captures: CapturedHeaders

  var fields: LogFields { ranked.fields }

  init(_ line: Bytes, hasEscapes: Bool, captures: CapturedHeaders) {
    self.line = line
    self.hasEscapes = hasEscapes
    self.captures = captures
  }

  /// Fails for a line that is put together in another way.
  mutating func read(_ template: borrowing Template, from start: Int) throws(UnreadableLine) {
    guard TemplateLine.begins(line, start, template.opening) else {
      throw UnreadableLine(reason: "does not begin as the format does")
    }
    var at = start + template.opening.count
    let count = template.fields.count
    var doubt: Template.Doubt?
    for index in 0..<count {
      if index >= template.optional, at >= line.count { return }
      guard let span = span(template, index, at) else {
        guard let text = cut(template, index, at) else { throw UnreadableLine(reason: TemplateLine.reason(template.fields[index].value)) }
        set(template.fields[index].value, template.fields[index].rank, text)
        isCut = true
        return
      }
      let text = line.part(span.start, span.end)
      if !template.fields[index].isQuoted {
        if let doubt, doubt.isRaised(by: text, of: template.fields[index].value) { throw UnreadableLine(reason: TemplateLine.tooManySeparators) }
        doubt = doubt ?? template.doubt(after: index)
      }
      set(template.fields[index].value, template.fields[index].rank, text)
      at = index + 1 == count && template.fields[index].literal.isEmpty ? span.end : span.next
    }
    if let doubt, doubt.isRaised(by: line.part(at, line.count), of: .ignored) { throw UnreadableLine(reason: TemplateLine.tooManySeparators) }
  }

  private static let tooManySeparators: StaticString =
    "has a separator within a visitor's text, so nobody can tell where that text ends (quotes around it, or tabs, would show it)"

  private static func reason(_ value: TemplateValue) -> StaticString {
    if case .field(let field) = value {
      switch field {
      case .time, .date, .timeOfDay: return "has no time where the format has it"
      case .requestLine, .method, .target, .path: return "has no request where the format has it, or the request has no end"
      case .status: return "has no status where the format has it"
      default: break
      }
    }
    return "has something other than the format's texts between its fields"
  }

  private static func begins(_ line: Bytes, _ at: Int, _ literal: Bytes) -> Bool {
    guard line.count - at >= literal.count else { return false }
    guard let start = line.baseAddress, let wanted = literal.baseAddress else { return literal.isEmpty }
    return memcmp(start + at, wanted, literal.count) == 0
  }
}

// MARK: Where a field ends

extension TemplateLine {
  private struct Span {
    let start: Int
    let end: Int
    /// Where the next field begins.
    let next: Int
  }

  /// Nil when the field does not end as the template has it.
  private func span(_ template: borrowing Template, _ index: Int, _ at: Int) -> Span? {
    let literal = template.fields[index].literal
    switch template.fields[index].value {
    case .bracedHeaders: return braced(literal, at)
    case .quotedHeaders: return Span(start: at, end: line.count, next: line.count)
    default: break
    }
    if template.fields[index].isQuoted { return quoted(template, index, at) }
    if literal.isEmpty {
      // The last field. A visitor's text takes all that is left, and any other one word.
      if template.fields[index].value.mayHaveSpaces { return Span(start: at, end: line.count, next: line.count) }
      var end = at
      while end < line.count, !LogWords.isBlank(line[end]) || isOffset(of: template.fields[index].value, end) { end += 1 }
      return end > at ? Span(start: at, end: end, next: line.count) : nil
    }
    return unquoted(template, index, at)
  }

  private func quoted(_ template: borrowing Template, _ index: Int, _ at: Int) -> Span? {
    guard at < line.count else { return nil }
    if line[at] == UInt8(ascii: "\"") {
      if !hasEscapes, index == template.lastQuoted { return lastQuote(template, index, at) }
      var end = at + 1
      while end < line.count {
        if hasEscapes, line[end] == UInt8(ascii: "\\") {
          end += 2
          continue
        }
        if line[end] == UInt8(ascii: "\""), let next = next(template, index, end + 1) { return Span(start: at + 1, end: end, next: next) }
        end += 1
      }
      return nil
    }
    guard line[at] == UInt8(ascii: "-"), let next = next(template, index, at + 1) else { return nil }
    return Span(start: at, end: at + 1, next: next)
  }

  /// Up to the last quote that can be the end: a server that does not escape quotes leaves them within a text.
  private func lastQuote(_ template: borrowing Template, _ index: Int, _ at: Int) -> Span? {
    var end = line.count - 1
    while end > at {
      if line[end] == UInt8(ascii: "\""), let next = next(template, index, end + 1) { return Span(start: at + 1, end: end, next: next) }
      end -= 1
    }
    return nil
  }

  private func unquoted(_ template: borrowing Template, _ index: Int, _ at: Int) -> Span? {
    guard let base = line.baseAddress else { return nil }
    let first = template.fields[index].literal[0]
    let isQuote = first == UInt8(ascii: "\"") && hasEscapes
    var end = at
    while end < line.count, let found = memchr(base + end, Int32(first), line.count - end) {
      end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      if isOffset(of: template.fields[index].value, end) {
        end += 1
        continue
      }
      if !(isQuote && isEscaped(end, from: at)), let next = next(template, index, end) { return Span(start: at, end: end, next: next) }
      if template.fields[index].literal.count == 1, LogWords.isBlank(first) {
        // The server escapes the tabs of a visitor.
        if hasEscapes && first == 0x09 || !template.fields[index].value.maySpan(line, at, end) { break }
      }
      end += 1
    }
    // Before fields that the line need not have.
    if memchr(base + at, Int32(first), line.count - at) != nil { return nil }
    return index + 1 >= template.optional && at < line.count ? Span(start: at, end: line.count, next: line.count) : nil
  }

  /// Whether a space within a time, before its offset, is there: `23/Nov/2026:10:00:00 +0000`.
  private func isOffset(of value: TemplateValue, _ space: Int) -> Bool {
    guard value.isField(.time), line[space] == 0x20, space + 5 < line.count else { return false }
    guard line[space + 1] == UInt8(ascii: "+") || line[space + 1] == UInt8(ascii: "-") else { return false }
    return line.part(space + 2, space + 6).allSatisfy { $0 &- 0x30 < 10 } && (space + 6 == line.count || line[space + 6] &- 0x30 >= 10)
  }

  private func isEscaped(_ quote: Int, from start: Int) -> Bool {
    var at = quote
    while at > start, line[at - 1] == UInt8(ascii: "\\") { at -= 1 }
    return (quote - at) % 2 == 1
  }

  /// Where the next field begins if the field of this index ends at `end`.
  private func next(_ template: borrowing Template, _ index: Int, _ end: Int) -> Int? {
    let literal = template.fields[index].literal
    let isLast = index + 1 == template.fields.count
    if literal.isEmpty && isLast { return end == line.count || LogWords.isBlank(line[end]) ? end : nil }
    if index + 1 >= template.optional, end == line.count { return end }
    guard TemplateLine.begins(line, end, literal) else { return nil }
    let start = end + literal.count
    return isLast || canBegin(template, index + 1, start) ? start : nil
  }

  private func canBegin(_ template: borrowing Template, _ index: Int, _ at: Int) -> Bool {
    guard template.fields[index].isQuoted else {
      if case .bracedHeaders = template.fields[index].value { return at < line.count }
      // An empty text may be the last.
      return template.fields[index].value.canBegin(line, at) || at == line.count && template.fields[index].literal.isEmpty
    }
    guard at < line.count else { return false }
    if line[at] == UInt8(ascii: "\"") { return true }
    return line[at] == UInt8(ascii: "-") && (at + 1 == line.count || TemplateLine.begins(line, at + 1, template.fields[index].literal))
  }

  /// `{…}`, none to two of them, each with a space after it. A brace within a header is escaped.
  private func braced(_ literal: Bytes, _ start: Int) -> Span? {
    var at = start
    while at < line.count, line[at] == UInt8(ascii: "{") {
      while at < line.count, line[at] != UInt8(ascii: "}") { at += 1 }
      guard at + 1 < line.count, line[at + 1] == 0x20 else { return nil }
      at += 2
    }
    guard TemplateLine.begins(line, at, literal) else { return nil }
    return Span(start: start, end: at, next: at + literal.count)
  }

  /// Servers cut what is too long: the text of a quoted referrer or user agent that goes to the line's end, after all that a visit needs.
  private func cut(_ template: borrowing Template, _ index: Int, _ at: Int) -> Bytes? {
    guard template.fields[index].isQuoted, at < line.count, line[at] == UInt8(ascii: "\""), fields.present(.status) != nil else { return nil }
    guard template.fields[index].value.isField(.userAgent) || template.fields[index].value.isField(.referrer) else { return nil }
    var end = at + 1
    while end < line.count {
      if hasEscapes, line[end] == UInt8(ascii: "\\") { end += 1 } else if line[end] == UInt8(ascii: "\"") { return nil }
      end += 1
    }
    // The backslash before the last quote was the visitor's own.
    let isClosed = line.count > at + 1 && line.last == UInt8(ascii: "\"")
    return line.part(at + 1, isClosed ? line.count - 1 : line.count)
  }
}

// MARK: What a field says

extension TemplateLine {
  private mutating func set(_ value: TemplateValue, _ rank: UInt8, _ text: Bytes) {
    switch value {
    case .ignored, .number, .protocolVersion, .port, .queryMark, .fraction, .offset: break
    case .field(let field): set(field, rank, text)
    case .clientAndPort: set(.client, rank, TemplateLine.withoutPort(text))
    case .hostAndTarget:
      let slash = text.firstIndex(of: UInt8(ascii: "/")) ?? text.count
      set(.host, rank, text.part(0, slash))
      set(.target, rank, text.part(slash, text.count))
    case .pathAndArguments:
      let hasNone = text.last == UInt8(ascii: "-") && text.count > 1 && !text.contains(UInt8(ascii: "?"))
      set(.target, rank, hasNone ? text.part(0, text.count - 1) : text)
    case .requestURL: setRequest(text)
    case .encryption: if !text.isEmpty, !text.matches("-") { set(.scheme, rank, Bytes("https")) }
    case .frontend: if text.last == UInt8(ascii: "~") { set(.scheme, rank, Bytes("https")) }
    case .bracedHeaders: setHeaders(captures.read(braced: text))
    case .quotedHeaders: setHeaders(captures.read(quoted: text))
    }
  }

  private mutating func set(_ field: LogField, _ rank: UInt8, _ text: Bytes) { ranked.set(field, rank, text) }

  private mutating func setHeaders(_ headers: CapturedHeaders.Found) {
    for field in [LogField.host, .referrer, .userAgent, .forwardedFor, .scheme, .requestID] where !headers.fields[field].isEmpty {
      set(field, 9, headers.fields[field])
    }
    hasRecognizedHeaders = headers.areRecognized
  }

  /// `GET https://example.com:443/docs HTTP/2.0`, where a request that could not be read is `- http://example.com:80- -`.
  private mutating func setRequest(_ text: Bytes) {
    guard text.first != UInt8(ascii: "-"), let request = LogRequest(line: text) else { return }
    let parts = URI.Parts(request.target)
    set(.method, 1, request.method)
    guard request.target[0] != UInt8(ascii: "/"), let host = parts.host, !host.isEmpty, !parts.scheme.isEmpty else {
      return set(.target, 1, request.target)
    }
    let target = request.target.part(parts.path.lowerBound, request.target.count)
    set(.scheme, 1, request.target.part(parts.scheme))
    set(.host, 1, request.target.part(host))
    set(.target, 1, target.isEmpty ? Bytes("/") : target)
  }

  private static func withoutPort(_ text: Bytes) -> Bytes {
    var at = text.count
    while at > 0, text[at - 1] &- 0x30 < 10 { at -= 1 }
    guard at > 1, at < text.count, text[at - 1] == UInt8(ascii: ":") else { return text }
    let address = text.part(0, at - 1)
    guard address.first == UInt8(ascii: "["), address.last == UInt8(ascii: "]") else { return address }
    return address.part(1, address.count - 1)
  }
}
