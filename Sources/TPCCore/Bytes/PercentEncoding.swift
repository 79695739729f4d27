// SPDX-License-Identifier: Apache-2.0

extension ByteBuffer {
  /// Resolves the text's percent-escapes in place. `false` if there are none.
  @inline(never)
  mutating func resolveEscapes() -> Bool {
    guard let base else { return false }
    var (from, to) = (0, 0)
    while from < count {
      var byte = base[from]
      if byte == UInt8(ascii: "%"), from &+ 2 < count, let high = hexadecimalValue(base[from &+ 1]),
        let low = hexadecimalValue(base[from &+ 2])
      {
        byte = high << 4 | low
        from &+= 2
      }
      base[to] = byte
      from &+= 1
      to &+= 1
    }
    truncate(to: to)
    return from != to
  }
}
