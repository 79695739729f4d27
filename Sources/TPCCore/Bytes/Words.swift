// SPDX-License-Identifier: Apache-2.0

/// Iterates over the words of a text, without copying: the non-empty pieces between separators.
struct Words: Sequence, IteratorProtocol {
  private var rest: Bytes
  private let separator: UInt8

  init(_ text: Bytes, separator: UInt8) {
    rest = text
    self.separator = separator
  }

  @inline(never)
  mutating func next() -> Bytes? {
    while rest.count > 0 {
      let end = rest.firstIndex(of: separator) ?? rest.count
      let word = rest.part(0, end)
      rest = rest.part(end + 1, rest.count)
      if word.count > 0 { return word }
    }
    return nil
  }
}
