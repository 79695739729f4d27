// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The networks that AI agents come from, as the files of a folder had them when they were read. They never change afterwards, so
/// any thread may look.
package final class AgentRanges: @unchecked Sendable {
  /// The networks of a file, which are those after the last list's.
  private struct List: BitwiseCopyable {
    /// Where the name ends in `names`: an agent's, or an operator's for all of its agents.
    let nameEnd: Int
    /// Where its networks end in `ranges`.
    let end: Int
    /// When the file was last changed, in seconds since 1970.
    let changed: Int64
  }

  private var names = ByteBuffer()
  private var lists = GrowableArray<List>()
  /// Sorted within each list, where none holds another.
  private var ranges = GrowableArray<AddressRange>()
  /// The keys of agents that sign, of a folder that has those instead.
  var keys = AgentKeys()

  static let maximumLists = 1000
  static let maximumRanges = 100_000

  /// How many files were read.
  package var count: Int { lists.count }

  // MARK: Building

  /// Adds a network to the list that is being read. `false`, with the reason in `file`, if that is not possible.
  @inline(never)
  func add(_ text: Bytes?, _ file: OperatorFile) -> Bool {
    guard let text, let range = AddressRange(text), !AgentRanges.isTooWide(range) else {
      return file.refuse("a network such as 192.0.2.0/24 or 2001:db8::/32, of at least /8 (IPv4) or /19 (IPv6)")
    }
    return ranges.count < AgentRanges.maximumRanges ? ranges.append(range) : file.refuse("at most 100,000 networks in all files")
  }

  private static func isTooWide(_ range: AddressRange) -> Bool {
    // An IPv6 network may hold all IPv4 addresses, which are held as mapped ones.
    range.first.isIPv4 ? range.length < 96 + 8 : range.length < 19 || range.contains(IPAddress(high: 0, low: 0xFFFF_0000_0000))
  }

  /// Ends the list that was read. `false`, with the reason in `file`, if that is not possible.
  @inline(never)
  func endList(_ name: Bytes, changed: Int64, _ file: OperatorFile) -> Bool {
    let first = lists.elements.last?.end ?? 0
    guard ranges.count > first else { return file.refuse("at least one network") }
    guard lists.count < AgentRanges.maximumLists else { return file.refuse("at most 1,000 files") }
    var kept = 0
    ranges.withElements(from: first) { list in
      guard let base = list.baseAddress else { return }
      qsort(base, list.count, MemoryLayout<AddressRange>.stride) { left, right in
        guard let one = left?.load(as: AddressRange.self), let other = right?.load(as: AddressRange.self) else { return 0 }
        if one.first == other.first { return Int32(truncatingIfNeeded: one.length &- other.length) }
        return one.first.precedes(other.first) ? -1 : 1
      }
      for index in 0..<list.count where kept == 0 || !base[kept &- 1].contains(base[index].first) {
        base[kept] = base[index]
        kept &+= 1
      }
    }
    ranges.truncate(to: first &+ kept)
    return names.put(name) && lists.append(List(nameEnd: names.count, end: ranges.count, changed: changed))
  }

  // MARK: Looking

  /// A file's name without its extension, the number of its networks and when it was last changed.
  package func file(_ index: Int) -> (name: Bytes, networks: Int, changed: Int64)? {
    guard let list = lists[index] else { return nil }
    let before = lists[index - 1]
    return (names.bytes.part(before?.nameEnd ?? 0, list.nameEnd), list.end - (before?.end ?? 0), list.changed)
  }

  /// Whether a file was last changed before `oldest`.
  @inline(never)
  func isAnyOld(_ oldest: Int64) -> Bool { lists.elements.contains { $0.changed < oldest } }

  /// Whether the address is one of the agent's. Nil when no file tells: there is none, or one that might tell was last changed before
  /// `oldest`, or the address is a private one, such as that of a proxy which is not trusted.
  @inline(never)
  package func holds(_ address: IPAddress, of agent: AIAgent, oldest: Int64) -> Bool? {
    var (isKnown, isOld) = (false, false)
    var (nameStart, first) = (0, 0)
    for list in lists.elements {
      let name = Bytes(start: names.base.map { $0 + nameStart }, count: list.nameEnd &- nameStart)
      if AgentRanges.matches(name, agent.name) || AgentRanges.matches(name, agent.operatorName) {
        isKnown = true
        if list.changed < oldest { isOld = true } else if holds(address, first, list.end) { return true }
      }
      (nameStart, first) = (list.nameEnd, list.end)
    }
    return isKnown && !isOld && !AddressRange.isPrivate(address) ? false : nil
  }

  @inline(never)
  static func matches(_ name: Bytes, _ other: Bytes) -> Bool { name.matchesIgnoringCase(other) }

  static func matches(_ name: Bytes, _ other: StaticString) -> Bool { matches(name, other.bytes) }

  @inline(never)
  private func holds(_ address: IPAddress, _ first: Int, _ end: Int) -> Bool {
    let ranges = ranges.elements
    // The last range that begins at or before the address is the only one that can hold it.
    var (low, high) = (first, end)
    while low < high {
      let middle = (low &+ high) &>> 1
      if address.precedes(ranges[middle].first) { high = middle } else { low = middle &+ 1 }
    }
    return low > first && ranges[low &- 1].contains(address)
  }
}
