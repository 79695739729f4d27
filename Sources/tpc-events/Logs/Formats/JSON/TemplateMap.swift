// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The field map of a server's JSON template: where its variables are.
struct TemplateMap {
  private let known = TemplateVariables.all
  private let tree = MemberTree()
  /// The nodes of the variables that say something, with the index of what they say.
  private var found: [(node: Int, index: Int)] = []

  /// Whether a literal is a template: it has variables for values, where a field map has names.
  static func isTemplate(_ literal: Bytes) -> Bool {
    guard JSONSyntax.check(literal) == nil else { return literal.contains(UInt8(ascii: "$")) || literal.contains(UInt8(ascii: "%")) }
    var cursor = JSONCursor(literal)
    guard cursor.enterObject() else { return false }
    while cursor.nextMember() != nil {
      let value = cursor.skipValue()
      // A field map has no objects in it.
      if value.first == UInt8(ascii: "{") || value.part(1, 2).matches("$") || value.part(1, 2).matches("%") { return true }
    }
    return false
  }

  static func read(_ json: Bytes) throws(UsageError) -> (map: JSONMap, tree: MemberTree) {
    var template = TemplateMap()
    template.readObject(json, MemberTree.root, levels: 0)
    var given = MemberValues()
    for index in 0..<template.known.count {
      for variable in template.found where variable.index == index {
        template.tree.setMeaning(template.known[index].meaning, of: variable.node)
        given.set(MemberTree.Rule(meaning: template.known[index].meaning.index, rank: 0), Bytes("given"))
      }
    }
    let hasTarget = given.has(.target) || given.has(.path) || given.has(.url)
    guard given.has(.time), given.has(.status), given.has(.requestLine) || given.has(.method) && hasTarget else {
      throw WrittenMap.usage(
        """
        the template lacks what a visit needs: $time_iso8601 (or $time_local, $msec), $status, and $request, or $request_method with \
        $request_uri; with Apache %t, %>s and %r
        """)
    }
    return (JSONMap(members: [], missing: missing), template.tree)
  }

  private static let missing = MissingMembers(
    time: "has no time where the template has it", method: "has no method where the template has it",
    target: "has no target where the template has it", status: "has no status where the template has it")

  private mutating func readObject(_ json: Bytes, _ node: Int, levels: Int) {
    var cursor = JSONCursor(json)
    guard levels < MemberTree.mostLevels, cursor.enterObject() else { return }
    while let name = cursor.nextMember() {
      let value = cursor.skipValue()
      readValue(value, tree.add(name, to: node), levels: levels + 1)
    }
  }

  private mutating func readValue(_ value: Bytes, _ node: Int, levels: Int) {
    switch value.first {
    case UInt8(ascii: "{"): readObject(value, node, levels: levels)
    case UInt8(ascii: "["):
      var cursor = JSONCursor(value)
      guard levels < MemberTree.mostLevels, cursor.enterArray(), let first = cursor.nextElement() else { return }
      readValue(first, tree.addElement(to: node), levels: levels + 1)
    case UInt8(ascii: "\""):
      if let index = TemplateVariables.index(of: value.part(1, value.count - 1), in: known) { found.append((node, index)) }
    default: break
    }
  }
}
