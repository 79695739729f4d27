// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Where a log has something: names with dots between them and `[0]` for the first element of an array, as in
/// `request.headers.User-Agent[0]`; or, where names have dots of their own, a JSON Pointer (RFC 6901), as in
/// `/request/headers/User-Agent/0`.
enum MemberPath {
  /// Adds a path to a tree. Returns its node; nil for a text that is not a path.
  static func add(_ path: Bytes, to tree: MemberTree) -> Int? {
    guard !path.isEmpty else { return nil }
    return path[0] == UInt8(ascii: "/") ? addPointer(path, to: tree) : addNames(path, to: tree)
  }

  private static func addNames(_ path: Bytes, to tree: MemberTree) -> Int? {
    var node = MemberTree.root
    var levels = 0
    var at = 0
    while at <= path.count {
      let start = at
      while at < path.count, path[at] != UInt8(ascii: "."), path[at] != UInt8(ascii: "[") { at += 1 }
      guard at > start else { return nil }
      node = tree.add(path.part(start, at), to: node)
      while at < path.count, path[at] == UInt8(ascii: "[") {
        guard path.part(at, at + 3).matches("[0]") else { return nil }
        node = tree.addElement(to: node)
        levels += 1
        at += 3
      }
      levels += 1
      guard levels <= MemberTree.mostLevels, at == path.count || path[at] == UInt8(ascii: ".") else { return nil }
      at += 1
    }
    return node
  }

  private static func addPointer(_ path: Bytes, to tree: MemberTree) -> Int? {
    var node = MemberTree.root
    var levels = 0
    var at = 1
    var name: [UInt8] = []
    while at <= path.count {
      name.removeAll()
      while at < path.count, path[at] != UInt8(ascii: "/") {
        if path[at] == UInt8(ascii: "~") {
          at += 1
          guard at < path.count, path[at] == UInt8(ascii: "0") || path[at] == UInt8(ascii: "1") else { return nil }
          name.append(path[at] == UInt8(ascii: "0") ? UInt8(ascii: "~") : UInt8(ascii: "/"))
        } else {
          name.append(path[at])
        }
        at += 1
      }
      levels += 1
      guard levels <= MemberTree.mostLevels else { return nil }
      let isFirst = name.count == 1 && name[0] == UInt8(ascii: "0") && levels > 1
      node = isFirst ? tree.addElement(to: node) : name.withUnsafeBufferPointer { tree.add($0, to: node) }
      at += 1
    }
    return node
  }
}
