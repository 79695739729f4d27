// SPDX-License-Identifier: Apache-2.0

/// The members of an object, and of the objects directly inside it, in the order of the text. They are listed while the
/// syntax is checked, so nobody has to search for them again. An event has its fields on these two levels.
///
/// Its memory is reused for the next text.
struct JSONIndex: ~Copyable {
  /// Members on deeper levels are not listed.
  private static let levels = 2
  /// The most members of an event's text. An event has at most some 1,050 (`Limit.members` and the contract's own); a text may
  /// repeat some of them.
  static let maximumMembers = 4096

  struct Member: BitwiseCopyable {
    /// 1 for the text's own members, 2 for those of an object directly inside it, which follow their object's entry.
    let level: UInt8
    let kind: JSONKind
    let keyHasEscape: Bool
    /// Meaningful only if the value is a string.
    fileprivate(set) var valueHasEscape = false
    /// The key without its quotes, and the whole value, as offsets in the text.
    let keyStart: UInt32
    let keyEnd: UInt32
    let valueStart: UInt32
    fileprivate(set) var valueEnd: UInt32 = 0
  }

  private var members = GrowableArray<Member>()
  /// Memory ran out while reading: members are missing.
  private(set) var isIncomplete = false

  private let maximumMembers: Int

  /// A text with more members than `maximumMembers` is refused; nil for no limit but the text's length.
  init(maximumMembers: Int? = JSONIndex.maximumMembers) { self.maximumMembers = maximumMembers ?? Int.max }

  /// Bytes of memory that the next text finds.
  var capacity: Int { members.capacity &* MemoryLayout<Member>.stride }

  @inline(__always)
  subscript(index: Int) -> Member? { members[index] }

  /// A view of the list, valid until the next text is read.
  @inline(__always)
  var list: UnsafeBufferPointer<Member> { members.elements }

  /// Lists the members of a text shorter than 4 GiB; none if the text is not an object. Returns the first flaw in its
  /// JSON, as `JSONSyntax.check` does; the list is then meaningless.
  @_optimize(speed)
  mutating func read(_ text: Bytes) -> Flaw? {
    members.removeAll()
    isIncomplete = false
    guard let base = text.baseAddress, text.count > 0 else { return JSONSyntax.check(text) }
    var reader = SyntaxReader(base: base, count: text.count)
    let isRead = reader.readStart() && readValue(&reader, level: 0) && reader.readEnd()
    return isRead ? nil : reader.flaw
  }

  @inline(__always)
  private mutating func readValue(_ reader: inout SyntaxReader, level: Int) -> Bool {
    guard level < JSONIndex.levels, reader.byte == UInt8(ascii: "{") else { return reader.readValue() }
    return readObject(&reader, level: level &+ 1)
  }

  private mutating func readObject(_ reader: inout SyntaxReader, level: Int) -> Bool {
    reader.at &+= 1
    reader.skipWhitespace()
    if reader.byte == UInt8(ascii: "}") {
      reader.at &+= 1
      return true
    }
    reader.depth = level
    var expected: StaticString = "a member's name in quotes, or '}'"
    while true {
      guard reader.byte == UInt8(ascii: "\"") else { return reader.refuse(expected) }
      guard readMember(&reader, level) else { return false }
      reader.skipWhitespace()
      guard reader.byte == UInt8(ascii: ",") else { break }
      reader.at &+= 1
      reader.skipWhitespace()
      expected = "a member's name in quotes"
    }
    guard reader.byte == UInt8(ascii: "}") else { return reader.refuse("',' or '}'") }
    reader.at &+= 1
    reader.depth = level &- 1
    return true
  }

  @inline(__always)
  private mutating func readMember(_ reader: inout SyntaxReader, _ level: Int) -> Bool {
    let keyStart = reader.at &+ 1
    reader.hasEscape = false
    guard reader.readString() else { return false }
    let (keyEnd, keyHasEscape) = (reader.at &- 1, reader.hasEscape)
    guard reader.readColon() else { return false }
    reader.skipWhitespace()
    let member = Member(
      level: UInt8(truncatingIfNeeded: level), kind: JSONKind(first: reader.byte), keyHasEscape: keyHasEscape,
      keyStart: UInt32(truncatingIfNeeded: keyStart), keyEnd: UInt32(truncatingIfNeeded: keyEnd),
      valueStart: UInt32(truncatingIfNeeded: reader.at))
    let index = members.count
    guard index < maximumMembers else {
      reader.flaw = Flaw(offset: keyStart, found: "more members", expected: "at most 4,096, with those that are repeated", isLimit: true)
      return false
    }
    if !members.append(member) { isIncomplete = true }
    reader.hasEscape = false
    guard readValue(&reader, level: level) else { return false }
    members.withElement(index) {
      $0.valueHasEscape = reader.hasEscape
      $0.valueEnd = UInt32(truncatingIfNeeded: reader.at)
    }
    return true
  }
}

extension JSONIndex.Member {
  /// The key in `text`, which must be the text that was read.
  @inline(__always)
  func key(_ text: Bytes) -> Bytes { view(text, keyStart, keyEnd) }

  /// The value in `text`, which must be the text that was read.
  @inline(__always)
  func value(_ text: Bytes) -> Bytes { view(text, valueStart, valueEnd) }

  @inline(__always)
  private func view(_ text: Bytes, _ start: UInt32, _ end: UInt32) -> Bytes {
    guard let base = text.baseAddress, start <= end, Int(end) <= text.count else { return Bytes(start: nil, count: 0) }
    return Bytes(start: base + Int(start), count: Int(end &- start))
  }
}
