// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A log that names its columns in `#Fields:` lines, as W3C's extended log file format does: IIS, CloudFront and others. Or one whose
/// columns are given.
class ColumnFormat: LogFormat {
  private var list: ColumnList?
  /// Why no line can be read by the columns.
  private var flaw: StaticString?
  private let isCloudFront: Bool
  /// Whether Microsoft's server wrote the log: with a `+` for each space.
  private var isIIS = false
  /// The day of a `#Date:` line.
  private var date: [UInt8] = []
  /// The hour of the line before, where the day is that of a `#Date:` line.
  private var hour = 0
  private var builder = EntryBuilder(time: .any, texts: .plain)
  private var texts = ColumnTexts()

  init(_ name: StaticString, _ list: ColumnList?, isCloudFront: Bool) {
    self.list = list
    self.isCloudFront = isCloudFront
    super.init(name)
  }

  override func read(_ whole: Bytes) throws(UnreadableLine) -> LogEntry? {
    let line = ColumnFormat.withoutMark(whole)
    if line.first == UInt8(ascii: "#") {
      readDirective(line)
      return nil
    }
    guard let list else { throw UnreadableLine(reason: "comes before any #Fields: line, which names the columns (--fields names them, too)") }
    if let flaw { throw UnreadableLine(reason: flaw) }
    return try read(line, list)
  }

  /// `list` has the line's columns, or the first of them if it `allowsMore`.
  final func read(_ line: Bytes, _ list: ColumnList, allowsMore: Bool = false) throws(UnreadableLine) -> LogEntry {
    var ranked = RankedFields()
    var words = ColumnLine(line)
    if isCloudFront, !words.hasTabs { throw UnreadableLine(reason: "has no tabs between its fields") }
    guard texts.begin(line) else { throw UnreadableLine(reason: "cannot be read: memory ran out") }
    var isEncrypted = false
    for (index, column) in list.columns.enumerated() {
      guard let (text, isQuoted) = words.next() else {
        if list.endsWhole(at: index) { break }
        throw UnreadableLine(reason: "has fewer fields than there are columns")
      }
      switch column.value {
      case .field(let field): ranked.set(field, column.rank, isQuoted ? texts.unquoted(text) : text)
      case .port: isEncrypted = isEncrypted || text.matches("443")
      default: break
      }
    }
    guard allowsMore || words.next() == nil else { throw UnreadableLine(reason: "has more fields than there are columns") }
    var fields = ranked.fields
    if !date.isEmpty, fields[.date].isEmpty { return try dated(fields, list, words.hasTabs) }
    if isEncrypted, fields.present(.scheme) == nil { fields[.scheme] = Bytes("https") }
    return try entry(fields, list, hasTabs: words.hasTabs)
  }

  private func dated(_ undated: LogFields, _ list: ColumnList, _ hasTabs: Bool) throws(UnreadableLine) -> LogEntry {
    var fields = undated
    let now = EntryBuilder.number(fields[.timeOfDay].part(0, 2)) ?? hour
    guard now + 12 > hour else { throw UnreadableLine(reason: "is of another day than the #Date: line before it") }
    hour = now
    return try date.withUnsafeBufferPointer { (day: Bytes) throws(UnreadableLine) -> LogEntry in
      fields[.date] = day
      return try entry(fields, list, hasTabs: hasTabs)
    }
  }

  private func entry(_ raw: LogFields, _ list: ColumnList, hasTabs: Bool) throws(UnreadableLine) -> LogEntry {
    var fields = raw
    let agent = fields[.userAgent]
    if isCloudFront || list.isCloudFront {
      fields[.userAgent] = texts.userAgent(percentEncoded: agent)
      for field in [LogField.referrer, .path, .query, .target] { fields[field] = texts.url(percentEncoded: fields[field]) }
      fields[.forwardedFor] = texts.userAgent(percentEncoded: fields[.forwardedFor])
    } else if !agent.contains(0x20) {
      // A text without a space in it has something else in the place of spaces.
      let isPercentEncoded = !isIIS && ColumnTexts.hasMoreCodes(agent)
      fields[.userAgent] = isPercentEncoded ? texts.userAgent(percentEncoded: agent) : texts.text(plusForSpace: agent)
      fields[.forwardedFor] = texts.text(plusForSpace: fields[.forwardedFor])
    }
    if let target = fields.present(.target) { ColumnFormat.split(target, &fields) }
    var entry = try builder.entry(fields)
    if list.isLocal { entry.notice = .assumedUTC }
    return entry
  }

  /// A `cs-uri` may be a whole URL.
  private static func split(_ target: Bytes, _ fields: inout LogFields) {
    let parts = URI.Parts(target)
    guard target[0] != UInt8(ascii: "/"), let host = parts.host, !host.isEmpty, !parts.scheme.isEmpty else { return }
    if fields.present(.host) == nil { fields[.host] = target.part(host) }
    if fields.present(.scheme) == nil { fields[.scheme] = target.part(parts.scheme) }
    let path = target.part(parts.path.lowerBound, target.count)
    fields[.target] = path.isEmpty ? Bytes("/") : path
  }

  // MARK: Directives

  private func readDirective(_ line: Bytes) {
    if let names = ColumnFormat.value(of: "#Fields:", line) {
      let found = ColumnList(names, isCloudFront: isCloudFront)
      list = found
      note(found)
    } else if let software = ColumnFormat.value(of: "#Software:", line) {
      isIIS = ColumnTexts.holds(software, "Microsoft") || ColumnTexts.holds(software, "IIS")
    } else if let time = ColumnFormat.value(of: "#Date:", line) {
      var start = 0
      while start < time.count, LogWords.isBlank(time[start]) { start += 1 }
      if time.count >= start + 10, time[start] &- 0x30 < 10 {
        date = [UInt8](time.part(start, start + 10))
        hour = 0
      }
      if let list { note(list) }
    }
  }

  private func note(_ list: ColumnList) {
    switch list.flaw(hasDate: !date.isEmpty) {
    case nil: flaw = nil
    case .some(let missing) where missing.bytes.matches("without cs-method"): flaw = "comes after a #Fields: line without cs-method"
    case .some(let missing) where missing.bytes.matches("without cs-uri-stem"): flaw = "comes after a #Fields: line without cs-uri-stem or cs-uri"
    case .some: flaw = "comes after a #Fields: line without date and time"
    }
  }

  private static func value(of directive: StaticString, _ line: Bytes) -> Bytes? {
    let count = directive.bytes.count
    return line.part(0, count).matchesIgnoringCase(directive) ? line.part(count, line.count) : nil
  }

  /// Without UTF-8's byte order mark, with which some programs begin a file.
  static func withoutMark(_ line: Bytes) -> Bytes { line.part(0, 3).matches("\u{FEFF}") ? line.part(3, line.count) : line }
}

extension ColumnFormat {
  /// A reader for a format that has a name. `fields` are the names of the columns for a log that does not name them. Fails when no request can
  /// be read by these.
  static func make(_ name: FormatName, fields: Bytes? = nil) throws(UsageError) -> LogFormat {
    let isCloudFront = name != .w3c
    guard let fields else {
      return name == .cloudfrontRealtime ? RealtimeFormat(name.name) : ColumnFormat(name.name, nil, isCloudFront: isCloudFront)
    }
    let list = ColumnList(fields, isCloudFront: isCloudFront)
    if let flaw = list.flaw(hasDate: false) {
      var message = MessageBuilder()
      message.add("found a list ")
      message.add(flaw)
      message.add("; expected the names of the columns in their order, such as timestamp,c-ip,cs-method,cs-uri-stem,sc-status,cs-user-agent")
      throw UsageError(flag: Bytes(Flag.fields.name), message.text)
    }
    return ColumnFormat(name.name, list, isCloudFront: isCloudFront)
  }
}
