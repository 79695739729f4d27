// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Finds members by their keys.
extension PageVisit {
  /// Whether a property with this key is set. The key must not need escaping.
  func hasProperty(_ key: Bytes) -> Bool { find(.properties, key).isFound }

  /// Whether an object has members other than the contract's fields.
  func hasMember(_ container: Container) -> Bool {
    for index in 0..<members.count where members[index]?.container == container { return true }
    return false
  }

  /// A member's index in `order`, or in `members` if there is no order. Keys are compared as they are stored, with
  /// their escapes in the shortest form, so keys with the same meaning are equal.
  @inline(__always)
  func find(_ container: Container, _ key: Bytes) -> (index: Int, isFound: Bool) {
    if hasOrder { return search(container, key) }
    for (index, member) in members.elements.enumerated()
    where Int(member.key.length) == key.count && member.container == container && bytes(member.key).matches(key) {
      return (index, true)
    }
    return (0, false)
  }

  /// A member's index in `order`, or the index at which to insert it.
  @inline(never)
  func search(_ container: Container, _ key: Bytes) -> (index: Int, isFound: Bool) {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low &+ high) >> 1
      guard let member = members[Int(order.elements[middle])] else { return (order.count, false) }
      let difference = PageVisit.compare(member.container, bytes(member.key), container, key)
      if difference == 0 { return (middle, true) }
      if difference < 0 { low = middle &+ 1 } else { high = middle }
    }
    return (low, false)
  }

  /// Negative, zero or positive, for the order of two keys. Lengths are compared first, since most keys differ in
  /// length.
  private static func compare(_ container: Container, _ key: Bytes, _ other: Container, _ otherKey: Bytes) -> Int {
    if container != other { return Int(container.rawValue) &- Int(other.rawValue) }
    if key.count != otherKey.count { return key.count &- otherKey.count }
    guard let left = key.baseAddress, let right = otherKey.baseAddress else { return 0 }
    return Int(memcmp(left, right, key.count))
  }
}
