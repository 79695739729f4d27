// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The networks that AI agents come from, as the files of a folder had them when they were read. They never change afterwards, so
/// any thread may look.
public final class AgentRanges: @unchecked Sendable {
  private struct List: BitwiseCopyable {
    /// Where the name begins and ends: an agent's, or an operator's for all of its agents.
    let name: (Int, Int)
    let first: Int
    let end: Int
    /// When the file was last changed, in milliseconds since 1970.
    let changed: Int64
  }

  private var names = ByteBuffer()
  private var lists = GrowableArray<List>()
  /// Sorted within each list, where none holds another.
  private var ranges = GrowableArray<AddressRange>()
  /// The process that read them.
  let forks = ForkDetector.generation

  static let maximumLists = 1000
  static let maximumRanges = 100_000

  /// How many files were read.
  public var count: Int { lists.count }

  // MARK: Building

  /// Adds a network to the list that is being read. Returns what was expected in place of one that is wrong, empty when memory ran
  /// out; nil if it was added.
  @inline(never)
  func add(_ text: Bytes?) -> StaticString? {
    guard let text, let range = AddressRange(text), !AgentRanges.isTooWide(range) else {
      return "a network such as 192.0.2.0/24 or 2001:db8::/32, of at least /8 (IPv4) or /19 (IPv6)"
    }
    guard ranges.count < AgentRanges.maximumRanges else { return "at most 100,000 networks in all files" }
    return ranges.append(range) ? nil : ""
  }

  private static func isTooWide(_ range: AddressRange) -> Bool {
    // An IPv6 network may hold all IPv4 addresses, which are held as mapped ones.
    range.first.isIPv4 ? range.length < 96 + 8 : range.length < 19 || range.contains(IPAddress(high: 0, low: 0xFFFF_0000_0000))
  }

  /// Ends the list that began with the network at `first`. `false` when memory ran out.
  @inline(never)
  func end(_ name: Bytes, from first: Int, changed: Int64) -> Bool {
    var kept = 0
    ranges.withElements(from: first) { list in
      guard let base = list.baseAddress else { return }
      qsort(base, list.count, MemoryLayout<AddressRange>.stride) { left, right in
        guard let one = left?.load(as: AddressRange.self), let other = right?.load(as: AddressRange.self) else { return 0 }
        if one.first == other.first { return Int32(truncatingIfNeeded: one.length &- other.length) }
        return one.first.precedes(other.first) ? -1 : 1
      }
      for range in list where kept == 0 || !list[kept - 1].contains(range.first) {
        list[kept] = range
        kept += 1
      }
    }
    ranges.truncate(to: first + kept)
    let start = names.count
    guard names.put(name) else { return false }
    return lists.append(List(name: (start, names.count), first: first, end: ranges.count, changed: changed))
  }

  var rangeCount: Int { ranges.count }

  // MARK: Looking

  /// A file's name without its extension, the number of its networks and when it was last changed.
  public func file(_ index: Int) -> (name: Bytes, networks: Int, changed: Int64)? {
    guard let list = lists[index] else { return nil }
    return (names.bytes.part(list.name.0, list.name.1), list.end - list.first, list.changed)
  }

  /// Whether the address is one of the agent's. Nil when no file tells: there is none, or one that might tell was last changed before
  /// `oldest`, or the address is a private one, such as that of a proxy which is not trusted.
  public func holds(_ address: IPAddress, of agent: AIAgent, oldest: Int64) -> Bool? {
    var (isKnown, isOld) = (false, false)
    for index in 0..<lists.count {
      guard let list = lists[index] else { continue }
      let name = names.bytes.part(list.name.0, list.name.1)
      guard name.matchesIgnoringCase(agent.name) || name.matchesIgnoringCase(agent.operatorName) else { continue }
      isKnown = true
      if list.changed < oldest {
        isOld = true
      } else if holds(address, list) {
        return true
      }
    }
    return isKnown && !isOld && !AddressRange.isPrivate(address) ? false : nil
  }

  private func holds(_ address: IPAddress, _ list: List) -> Bool {
    // The last range that begins at or before the address is the only one that can hold it.
    var (low, high) = (list.first, list.end)
    while low < high {
      let middle = (low + high) / 2
      if let range = ranges[middle], address.precedes(range.first) { high = middle } else { low = middle + 1 }
    }
    return low > list.first && ranges[low - 1]?.contains(address) ?? false
  }
}
