// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What the members of an entry say. Of a member that occurs twice, the last one counts, as in most readers of JSON.
struct MemberValues {
  private(set) var fields = LogFields()
  private var others = InlineArray<4, Bytes>(repeating: Bytes(start: nil, count: 0))
  private var ranks = InlineArray<32, UInt8>(repeating: .max)
  /// A bit for each meaning that the line has, even if it is empty.
  private var present: UInt32 = 0

  /// Whether the entry has a member of this meaning that is not null.
  func has(_ meaning: MemberMeaning) -> Bool { present >> UInt32(meaning.index) & 1 == 1 }

  func has(_ field: LogField) -> Bool { has(.field(field)) }

  subscript(field: LogField) -> Bytes {
    get { fields[field] }
    set { fields[field] = newValue }
  }

  /// The text of a meaning that is not a field of the log.
  subscript(other meaning: MemberMeaning) -> Bytes { others[max(0, meaning.index - MemberMeaning.firstOther)] }

  mutating func set(_ rule: MemberTree.Rule, _ text: Bytes) {
    present |= 1 << UInt32(rule.meaning)
    // A better member that is empty leaves its place to the next one.
    guard !text.isEmpty, !text.matches("-"), rule.rank <= ranks[rule.meaning] else { return }
    ranks[rule.meaning] = rule.rank
    if let field = LogField(rawValue: rule.meaning) { fields[field] = text } else { others[rule.meaning - MemberMeaning.firstOther] = text }
  }
}
