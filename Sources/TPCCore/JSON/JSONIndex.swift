// SPDX-License-Identifier: Apache-2.0

/// The members of an object, and of the objects directly in it, in the order of the text: what `JSONSyntax.check` lists while it
/// reads, so that nobody has to look for them again. An event has its fields on these two levels.
///
/// Its memory is used again for the next text.
struct JSONIndex: ~Copyable {
  /// Members that stand deeper are not listed.
  static let levels = 2

  struct Member: BitwiseCopyable {
    /// 1 for the text's own members, 2 for those of an object directly in it: these follow their object's entry.
    var level: UInt8
    var keyHasEscape: Bool
    var kind = JSONKind.invalid
    /// Of a string; not said of others.
    var valueHasEscape = false
    /// The key between its quotes, and the value whole.
    var keyStart: UInt32
    var keyEnd: UInt32
    var valueStart: UInt32 = 0
    var valueEnd: UInt32 = 0
  }

  private var members = List<Member>()
  /// The last member of each level, by its place.
  private var latest = (first: -1, second: -1)
  /// Memory ran out on the way: the list lacks members.
  private(set) var isIncomplete = false

  init() {}

  var count: Int { members.count }

  @inline(__always)
  subscript(place: Int) -> Member? { members[place] }

  mutating func removeAll() {
    members.removeAll()
    latest = (-1, -1)
    isIncomplete = false
  }

  // MARK: For the reader

  @inline(__always)
  mutating func beginMember(_ level: Int, _ keyStart: Int, _ keyEnd: Int, _ hasEscape: Bool) {
    let member = Member(
      level: UInt8(truncatingIfNeeded: level), keyHasEscape: hasEscape, keyStart: UInt32(truncatingIfNeeded: keyStart),
      keyEnd: UInt32(truncatingIfNeeded: keyEnd))
    if level == 1 { latest.first = members.count } else { latest.second = members.count }
    if !members.append(member) { isIncomplete = true }
  }

  @inline(__always)
  mutating func beginValue(_ level: Int, _ start: Int, _ kind: JSONKind) {
    members.withElement(level == 1 ? latest.first : latest.second) {
      $0.valueStart = UInt32(truncatingIfNeeded: start)
      $0.kind = kind
    }
  }

  @inline(__always)
  mutating func endValue(_ level: Int, _ end: Int, _ hasEscape: Bool) {
    members.withElement(level == 1 ? latest.first : latest.second) {
      $0.valueEnd = UInt32(truncatingIfNeeded: end)
      $0.valueHasEscape = hasEscape
    }
  }
}

extension JSONIndex.Member {
  /// In the text that the index is of.
  @inline(__always)
  func key(_ text: Bytes) -> Bytes { view(text, keyStart, keyEnd) }

  @inline(__always)
  func value(_ text: Bytes) -> Bytes { view(text, valueStart, valueEnd) }

  @inline(__always)
  private func view(_ text: Bytes, _ start: UInt32, _ end: UInt32) -> Bytes {
    guard let base = text.baseAddress, start <= end, Int(end) <= text.count else { return Bytes(start: nil, count: 0) }
    return Bytes(start: base + Int(start), count: Int(end &- start))
  }
}
