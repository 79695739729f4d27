// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Walks over one JSON object by a map's tree.
struct JSONEntryReader: ~Copyable {
  private let tree: MemberTree
  /// Texts without their escapes.
  private var decoded = ByteBuffer()

  init(_ tree: MemberTree) { self.tree = tree }

  /// What an object, which `JSONSyntax.check` has accepted, says. The values are valid until the next call. Nil when memory ran out.
  mutating func read(_ object: Bytes) -> MemberValues? {
    decoded.truncate(to: 0)
    // No text is longer without its escapes, so the buffer never moves under the views into it.
    guard decoded.reserve(object.count) else { return nil }
    var values = MemberValues()
    var cursor = JSONCursor(object)
    readObject(MemberTree.root, &cursor, &values)
    return values
  }

  /// Goes no deeper than the tree, which is bounded.
  private mutating func readObject(_ node: Int, _ cursor: inout JSONCursor, _ values: inout MemberValues) {
    guard cursor.enterObject() else { return }
    while let name = cursor.nextMember() {
      if let child = tree.child(of: node, named: name) {
        readValue(child, &cursor, &values)
      } else {
        _ = cursor.skipValue()
      }
    }
  }

  private mutating func readValue(_ node: Int, _ cursor: inout JSONCursor, _ values: inout MemberValues) {
    switch cursor.kind {
    case .object:
      set(node, Bytes("object"), isText: false, &values)
      if tree.hasChildren(node) { return readObject(node, &cursor, &values) }
      _ = cursor.skipValue()
    case .array:
      guard let element = tree.element(of: node), cursor.enterArray() else {
        _ = cursor.skipValue()
        return
      }
      if let first = cursor.nextElement() {
        var inside = JSONCursor(first)
        readValue(element, &inside, &values)
        while cursor.nextElement() != nil {}
      }
    case .null: _ = cursor.skipValue()
    case .string:
      let quoted = cursor.skipValue()
      set(node, text(quoted.part(1, quoted.count - 1)), isText: true, &values)
    default: set(node, cursor.skipValue(), isText: true, &values)
    }
  }

  /// An object says nothing but that it is there.
  private func set(_ node: Int, _ text: Bytes, isText: Bool, _ values: inout MemberValues) {
    var next = tree.firstRule(of: node)
    while let rule = next {
      if isText || rule.meaning == MemberMeaning.tls.index { values.set(rule, text) }
      next = tree.rule(after: rule)
    }
  }

  private mutating func text(_ escaped: Bytes) -> Bytes {
    guard let base = escaped.baseAddress, memchr(base, Int32(UInt8(ascii: "\\")), escaped.count) != nil else { return escaped }
    let start = decoded.count
    _ = JSONString.decode(escaped, into: &decoded)
    return decoded.bytes.part(start, decoded.count)
  }
}
