// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The headers that HAProxy was told to capture. A line has their values in the order of the configuration, without names.
struct CapturedHeaders {
  struct Found {
    var fields = LogFields()
    /// Whether a value was taken by its form alone.
    var areRecognized = false
  }

  /// What each value is; empty when that was not given.
  private let names: [LogField?]

  static let unknown = CapturedHeaders(names: [])

  private init(names: [LogField?]) { self.names = names }

  /// The names of the captured request headers, in the order of the configuration.
  init(_ list: Bytes) throws(UsageError) {
    var names: [LogField?] = []
    var words = FieldNames(list)
    while let name = words.next() {
      if let known = RequestHeader.named(name), case .field(let field) = known.value { names.append(field) } else { names.append(nil) }
    }
    guard names.contains(where: { $0 != nil }) else {
      throw UsageError(
        flag: Bytes(Flag.fields.name),
        [UInt8]("found no name of a header that matters; expected those of the captured headers, such as host,user-agent,referer"))
    }
    self.names = names
  }

  /// `{a|b|c} ` for the request and, after it, the same for the response.
  func read(braced text: Bytes) -> Found {
    var found = Found()
    guard text.first == UInt8(ascii: "{") else { return found }
    let end = text.firstIndex(of: UInt8(ascii: "}")) ?? text.count
    var start = 1
    var index = 0
    while start <= end {
      var at = start
      while at < end, text[at] != UInt8(ascii: "|") { at += 1 }
      set(text.part(start, at), index, &found)
      start = at + 1
      index += 1
    }
    return found
  }

  /// `"a" "b"`: those of the request, then those of the response.
  func read(quoted text: Bytes) -> Found {
    var found = Found()
    var index = 0
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\"") else {
        at += 1
        continue
      }
      let start = at + 1
      at = start
      while at < text.count, text[at] != UInt8(ascii: "\"") { at += 1 }
      set(text.part(start, at), index, &found)
      index += 1
      at += 1
    }
    return found
  }

  private func set(_ text: Bytes, _ index: Int, _ found: inout Found) {
    if text.isEmpty || text.matches("-") { return }
    if names.isEmpty {
      guard let field = CapturedHeaders.recognized(text), found.fields[field].isEmpty else { return }
      found.fields[field] = text
      found.areRecognized = true
    } else if index < names.count, let field = names[index] {
      found.fields[field] = text
    }
  }

  /// A URL is a referrer, addresses are those of an `X-Forwarded-For`, a product with its version or a remark is a user agent, and a name with
  /// dots is a host.
  private static func recognized(_ text: Bytes) -> LogField? {
    if text.part(0, 7).matches("http://") || text.part(0, 8).matches("https://") { return .referrer }
    if LogAddress.isList(text) { return .forwardedFor }
    var hasDot = false
    var isHost = true
    for (at, byte) in text.enumerated() {
      if byte == UInt8(ascii: "/"), at > 0, at + 1 < text.count, text[at + 1] &- 0x30 < 10 { return .userAgent }
      if byte == UInt8(ascii: "("), at > 0 { return .userAgent }
      hasDot = hasDot || byte == UInt8(ascii: ".") && at > 0
      isHost = isHost && (byte.lowercased &- 0x61 < 26 || byte &- 0x30 < 11 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-"))
    }
    return isHost && hasDot && text.last.map { $0.lowercased &- 0x61 < 26 || $0 &- 0x30 < 10 } == true ? .host : nil
  }
}

/// The names in a list with commas, blanks or bars between them.
struct FieldNames {
  private let list: Bytes
  private var at = 0

  init(_ list: Bytes) { self.list = list }

  private static func isBetween(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "|") || byte == UInt8(ascii: ";")
  }

  mutating func next() -> Bytes? {
    while at < list.count, FieldNames.isBetween(list[at]) { at += 1 }
    let start = at
    while at < list.count, !FieldNames.isBetween(list[at]) { at += 1 }
    return at > start ? list.part(start, at) : nil
  }
}
