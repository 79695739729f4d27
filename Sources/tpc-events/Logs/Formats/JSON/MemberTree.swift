// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The members of a field map by their paths, so that a walk over a line looks up each name once.
final class MemberTree {
  /// A member, or the first element of an array.
  private struct Node {
    var name: Bytes
    var hash: UInt8
    /// Indexes of nodes, or -1.
    var firstChild = -1
    var sibling = -1
    var element = -1
    /// A bit for the hash of each child.
    var childHashes: UInt64 = 0
    /// The index of its first rule, or -1.
    var rule = -1
  }

  /// What a member means, and how much it is preferred: less is better.
  struct Rule {
    let meaning: Int
    let rank: UInt8
    /// The index of the member's next rule, or -1.
    fileprivate let next: Int

    init(meaning: Int, rank: UInt8, next: Int = -1) {
      self.meaning = meaning
      self.rank = rank
      self.next = next
    }
  }

  static let root = 0
  /// The most levels of a path.
  static let mostLevels = 32
  /// The most members of a map.
  static let mostMembers = 200

  private var nodes = [Node(name: Bytes(""), hash: 0)]
  private var rules: [Rule] = []
  /// Copies of names that are not literals.
  private var copies: [UnsafeMutablePointer<UInt8>] = []

  deinit { for copy in copies { copy.deallocate() } }

  // MARK: Building

  /// The node at a member of a node's object.
  func add(_ name: Bytes, to parent: Int) -> Int {
    if let known = child(of: parent, named: name) { return known }
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, name.count))
    for at in 0..<name.count { copy[at] = name[at] }
    copies.append(copy)
    let own = Bytes(start: copy, count: name.count)
    let hash = MemberTree.hash(own)
    var node = Node(name: own, hash: hash)
    node.sibling = nodes[parent].firstChild
    nodes.append(node)
    nodes[parent].firstChild = nodes.count - 1
    nodes[parent].childHashes |= 1 << UInt64(hash & 63)
    return nodes.count - 1
  }

  /// The node of the first element of a node's array.
  func addElement(to parent: Int) -> Int {
    if nodes[parent].element < 0 {
      nodes.append(Node(name: Bytes(""), hash: 0))
      nodes[parent].element = nodes.count - 1
    }
    return nodes[parent].element
  }

  func setMeaning(_ meaning: MemberMeaning, of node: Int) {
    rules.append(Rule(meaning: meaning.index, rank: UInt8(min(255, rules.count)), next: nodes[node].rule))
    nodes[node].rule = rules.count - 1
  }

  // MARK: Looking up

  func child(of parent: Int, named name: Bytes) -> Int? {
    let hash = MemberTree.hash(name)
    return nodes.withUnsafeBufferPointer { nodes in
      guard nodes[parent].childHashes >> UInt64(hash & 63) & 1 == 1 else { return nil }
      var at = nodes[parent].firstChild
      while at >= 0 {
        if nodes[at].hash == hash, nodes[at].name.matches(name) { return at }
        at = nodes[at].sibling
      }
      return nil
    }
  }

  func hasChildren(_ node: Int) -> Bool { nodes[node].firstChild >= 0 }

  func element(of node: Int) -> Int? { nodes[node].element >= 0 ? nodes[node].element : nil }

  func firstRule(of node: Int) -> Rule? { nodes[node].rule >= 0 ? rules[nodes[node].rule] : nil }

  func rule(after rule: Rule) -> Rule? { rule.next >= 0 ? rules[rule.next] : nil }

  private static func hash(_ name: Bytes) -> UInt8 {
    guard let first = name.first, let last = name.last else { return 0 }
    return UInt8(truncatingIfNeeded: name.count) &* 37 ^ first &* 7 ^ last
  }
}
