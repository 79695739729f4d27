// SPDX-License-Identifier: Apache-2.0

/// The agents of an operator's file, which come before those of the table. They never change once the file is read, so any thread
/// may look.
final class AddedAgents: @unchecked Sendable {
  private struct Row: BitwiseCopyable {
    /// Where the texts begin: the name's NUL is before the operator, whose NUL is at `end`.
    let name: Int
    let operatorName: Int
    let end: Int
    let purpose: AIAgent.Purpose
    /// The next row of the same hash; -1 if there is none.
    let next: Int
  }

  private var texts = ByteBuffer()
  private var rows = GrowableArray<Row>()
  /// By hash: the row that was added last; -1 if there is none.
  private var last = InlineArray<256, Int>(repeating: -1)

  var count: Int { rows.count }

  private static func slot(_ name: Bytes) -> Int { Int((NameHash.packed(name) &* 0x9E37_79B1) &>> 24) }

  /// Adds an agent; `false` when memory ran out.
  func add(_ name: Bytes, _ operatorName: Bytes, _ purpose: AIAgent.Purpose) -> Bool {
    let start = texts.count
    guard texts.put(name), texts.put("\0"), texts.put(operatorName), texts.put("\0") else { return false }
    let slot = AddedAgents.slot(name)
    let row = Row(
      name: start, operatorName: start + name.count + 1, end: texts.count - 1, purpose: purpose, next: last[slot])
    guard rows.append(row) else { return false }
    last[slot] = rows.count - 1
    return true
  }

  /// The agent at an index below `count`.
  subscript(index: Int) -> AIAgent {
    guard let row = rows[index] else { return AIAgent(Bytes(""), Bytes(""), .training) }
    return AIAgent(texts.bytes.part(row.name, row.operatorName - 1), texts.bytes.part(row.operatorName, row.end), row.purpose)
  }

  /// The agent of a product token, in any case. Its texts live as long as this object.
  func agent(_ token: Bytes) -> AIAgent? {
    guard token.count > 0 else { return nil }
    var index = last[AddedAgents.slot(token)]
    while let row = rows[index] {
      let name = texts.bytes.part(row.name, row.operatorName - 1)
      if name.matchesIgnoringCase(token) { return AIAgent(name, texts.bytes.part(row.operatorName, row.end), row.purpose) }
      index = row.next
    }
    return nil
  }
}
