// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A log of JSON objects, one or an array of them a line.
class JSONFormat: LogFormat {
  let map: JSONMap
  private var builder: EntryBuilder
  private var text = JSONText()
  private var reader: JSONEntryReader
  /// A path with the slash that the log leaves out.
  private var path = ByteBuffer()
  /// After the elements of a line's array that were read; nil when there are no more.
  private var array: JSONCursor?

  init(_ name: StaticString, _ map: JSONMap, _ tree: MemberTree) {
    self.map = map
    builder = EntryBuilder(time: map.time, texts: map.texts)
    reader = JSONEntryReader(tree)
    super.init(name)
  }

  override func read(_ line: Bytes) throws(UnreadableLine) -> LogEntry? {
    array = nil
    let json = try text.read(line)
    if json.isEmpty { return nil }
    guard json[0] == UInt8(ascii: "[") else { return try entry(of: json) }
    var cursor = JSONCursor(json)
    guard cursor.enterArray() else { return nil }
    array = cursor
    return try next()
  }

  /// After a failure the next call goes on with the next element.
  override func next() throws(UnreadableLine) -> LogEntry? {
    while var cursor = array {
      guard let element = cursor.nextElement() else {
        array = nil
        break
      }
      array = cursor
      if let entry = try entry(of: element) { return entry }
    }
    return nil
  }

  private func entry(of object: Bytes) throws(UnreadableLine) -> LogEntry? {
    guard object.first == UInt8(ascii: "{") else { throw UnreadableLine(reason: "is not a JSON object") }
    guard var values = reader.read(object) else { throw UnreadableLine(reason: "cannot be read: memory ran out") }
    guard isRequest(values) else { return nil }
    try requireMembers(values)
    JSONFormat.settle(&values)
    if let first = values[.path].first, first != UInt8(ascii: "/"), !values[.path].matches("*") {
      path.truncate(to: 0)
      guard path.append("/"), path.append(values[.path]) else { throw UnreadableLine(reason: "cannot be read: memory ran out") }
      values[.path] = path.bytes
    }
    return try builder.entry(values.fields)
  }

  /// Whether an entry is of a request, and not of something else that is in the same log.
  func isRequest(_ values: MemberValues) -> Bool {
    if let kind = map.kind, values.has(.kind) {
      let found = values[other: .kind]
      return found.part(0, kind.bytes.count).matches(kind)
    }
    return !map.hasOtherLines || JSONFormat.hasMethod(values) || JSONFormat.hasTarget(values)
  }

  // MARK: Members

  private static func hasMethod(_ values: MemberValues) -> Bool { values.has(.method) || values.has(.requestLine) }

  private static func hasTarget(_ values: MemberValues) -> Bool {
    values.has(.target) || values.has(.path) || values.has(.url) || values.has(.requestLine)
  }

  private func requireMembers(_ values: MemberValues) throws(UnreadableLine) {
    guard values.has(.time) || values.has(.date) && values.has(.timeOfDay) else { throw UnreadableLine(reason: map.missing.time) }
    guard JSONFormat.hasMethod(values) else { throw UnreadableLine(reason: map.missing.method) }
    guard JSONFormat.hasTarget(values) else { throw UnreadableLine(reason: map.missing.target) }
    guard values.has(.status) else { throw UnreadableLine(reason: map.missing.status) }
  }

  /// Turns what is not a field of the log into fields.
  private static func settle(_ values: inout MemberValues) {
    if values[.time].first == UInt8(ascii: "["), values[.time].last == UInt8(ascii: "]") {
      values[.time] = values[.time].part(1, values[.time].count - 1)
    }
    if !values[other: .url].isEmpty, values[.target].isEmpty { setTarget(ofURL: values[other: .url], &values) }
    // Some templates have `request` for the target alone.
    if values[.requestLine].first == UInt8(ascii: "/"), !values[.method].isEmpty {
      if values[.target].isEmpty { values[.target] = values[.requestLine] }
      values[.requestLine] = Bytes("")
    }
    guard values[.scheme].isEmpty else { return }
    let (tls, port) = (values[other: .tls], values[other: .port])
    if !tls.isEmpty {
      let isOff = tls.matches("false") || tls.matches("0") || tls.matches("off") || tls.matches("(null)")
      values[.scheme] = isOff ? Bytes("http") : Bytes("https")
    } else if port.matches("443") {
      values[.scheme] = Bytes("https")
    } else if port.matches("80") {
      values[.scheme] = Bytes("http")
    }
  }

  /// A whole URL also tells scheme and host.
  private static func setTarget(ofURL url: Bytes, _ values: inout MemberValues) {
    let parts = URI.Parts(url)
    guard url.first != UInt8(ascii: "/"), let host = parts.host, !host.isEmpty, !parts.scheme.isEmpty else {
      values[.target] = url
      return
    }
    if values[.host].isEmpty { values[.host] = url.part(host) }
    if values[.scheme].isEmpty { values[.scheme] = url.part(parts.scheme) }
    let target = url.part(parts.path.lowerBound, url.count)
    values[.target] = target.isEmpty ? Bytes("/") : target
  }
}

extension JSONFormat {
  /// A reader for a format that has a name.
  static func make(_ name: FormatName) -> LogFormat {
    let map: JSONMap =
      switch name {
      case .caddy: .caddy
      case .traefikJSON: .traefik
      case .cloudflare: .cloudflare
      case .fastly: .fastly
      case .akamai: .akamai
      case .vercel: .vercel
      case .netlify: .netlify
      default: .nginx
      }
    if name == .vercel { return VercelFormat(name.name, map, map.tree()) }
    return JSONFormat(name.name, map, map.tree())
  }

  /// Whether a literal format is a field map, or a server's template of JSON.
  static func isLiteral(_ text: Bytes) -> Bool {
    guard text.first != UInt8(ascii: "{") else { return true }
    var at = 0
    while at < text.count {
      // The first quoted text: nginx's templates of JSON begin with a brace.
      if text[at] == UInt8(ascii: "'") || text[at] == UInt8(ascii: "\"") {
        at += 1
        while at < text.count, LogWords.isBlank(text[at]) { at += 1 }
        return at < text.count && text[at] == UInt8(ascii: "{")
      }
      // Outside quotes, so this is a directive with a name.
      guard text[at] != UInt8(ascii: "$"), text[at] != UInt8(ascii: "%") else { return false }
      at += 1
    }
    return false
  }

  /// A reader for a field map, or for a server's template of JSON.
  static func make(literal: Bytes) throws(UsageError) -> LogFormat {
    var json = ByteBuffer()
    let isTemplate = TemplateMap.isTemplate(literal)
    guard isTemplate ? TemplateLiteral.append(literal, to: &json) : json.append(literal) else { throw .memory }
    guard JSONSyntax.check(json.bytes) == nil else {
      throw isTemplate
        ? WrittenMap.usage("found a template that is not JSON; expected one such as {\"time\":\"$time_iso8601\",…}")
        : WrittenMap.usage("found a field map that is not JSON; expected one such as {\"time\":\"ts\",\"request\":\"request\",\"status\":\"status\"}")
    }
    let (map, tree) = isTemplate ? try TemplateMap.read(json.bytes) : try WrittenMap.read(json.bytes)
    return JSONFormat("json", map, tree)
  }
}

extension JSONMap {
  /// The members by their paths.
  func tree() -> MemberTree {
    let tree = MemberTree()
    for member in members {
      // The paths are the program's own.
      if let node = MemberPath.add(member.path.bytes, to: tree) { tree.setMeaning(member.meaning, of: node) }
    }
    return tree
  }
}
