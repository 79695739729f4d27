// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

/// A table whose every hash leads to its one row.
private enum OneRow: NameTable {
  static let text: StaticString = "\0abc\0def\0ghi\0"
  static let multiplier: UInt32 = 1
  static let shift: UInt32 = 31
  static func start(ofSlot slot: Int) -> Int { 1 }
}

@Suite("Tables of names")
struct NameTableTests {
  private func row(_ key: String) -> [String]? {
    withBytes(key) { key in
      guard var row = OneRow.row(of: key) else { return nil }
      return [string(row.key), string(row.next()), string(row.next())]
    }
  }

  @Test("A row is found by its whole key, in any case")
  func keys() {
    #expect(row("abc") == ["abc", "def", "ghi"])
    #expect(row("ABC") == ["abc", "def", "ghi"])
  }

  @Test("Other texts of the same hash do not find it", arguments: ["", "a", "ab", "abd", "abcd", "abc\0", "abc\0def", "xbc", "é"])
  func others(key: String) {
    #expect(row(key) == nil)
  }
}
