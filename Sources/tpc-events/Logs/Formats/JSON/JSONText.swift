// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Makes JSON that can be walked over out of a log's line.
struct JSONText: ~Copyable {
  // Used again for each line that is not JSON as it is.
  private var loose = ByteBuffer()
  private var repaired = ByteBuffer()

  init() {}

  /// The line's object or array, or nothing for a line that has only brackets of an array. Visitors' texts may have bytes in them that are
  /// not UTF-8. The text is valid until the next call. Fails when the line is not JSON.
  mutating func read(_ line: Bytes) throws(UnreadableLine) -> Bytes {
    let text = JSONText.withoutSeparators(line)
    guard !text.isEmpty, let flaw = JSONSyntax.check(text) else { return text }
    if flaw.isLimit { throw UnreadableLine(reason: "is nested deeper than 512 levels") }
    guard let first = text.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
      throw UnreadableLine(reason: "is not a JSON object")
    }
    loose.truncate(to: 0)
    repaired.truncate(to: 0)
    guard LooseJSON.append(text, to: &loose), UTF8Repair.append(loose.bytes, to: &repaired) else {
      throw UnreadableLine(reason: "cannot be read: memory ran out")
    }
    guard JSONSyntax.check(repaired.bytes) == nil else { throw UnreadableLine(reason: "is not JSON, or only a part of it") }
    // The bytes as the visitor sent them, in the structure that was checked.
    return loose.bytes
  }

  /// The lines of an array that is written over several lines begin or end with its brackets and commas.
  private static func withoutSeparators(_ line: Bytes) -> Bytes {
    var (start, end) = (0, line.count)
    func skip() {
      while start < end, LogWords.isBlank(line[start]) || line[start] == 0x0D { start += 1 }
      while end > start, LogWords.isBlank(line[end - 1]) || line[end - 1] == 0x0D { end -= 1 }
    }
    skip()
    if start < end, line[start] == UInt8(ascii: ",") { start += 1 }
    if start < end, line[end - 1] == UInt8(ascii: ",") { end -= 1 }
    skip()
    guard end > start else { return line.part(0, 0) }
    let (opens, closes) = (line[start] == UInt8(ascii: "["), line[end - 1] == UInt8(ascii: "]"))
    if opens != closes {
      if opens { start += 1 } else if end - start == 1 || line[start] == UInt8(ascii: "{") { end -= 1 }
      skip()
    }
    return line.part(start, end)
  }
}
