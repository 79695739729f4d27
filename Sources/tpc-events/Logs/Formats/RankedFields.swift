// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The fields of a line of which several texts may say the same, such as `$host` and `$server_name`: the text of the highest rank counts that
/// the line has.
struct RankedFields {
  var fields = LogFields()
  /// As many as there are fields. 0 for a field that the line does not have.
  private var ranks = InlineArray<17, UInt8>(repeating: 0)

  /// `rank` is at least 1.
  mutating func set(_ field: LogField, _ rank: UInt8, _ text: Bytes) {
    if text.isEmpty || text.matches("-") {
      if ranks[field.rawValue] == 0 { fields[field] = text }
    } else if rank >= ranks[field.rawValue] {
      ranks[field.rawValue] = rank
      fields[field] = text
    }
  }
}
