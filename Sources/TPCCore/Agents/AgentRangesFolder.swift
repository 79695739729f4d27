// SPDX-License-Identifier: Apache-2.0

import CJansson
import CPOSIX

/// Reads the folder that `ai_ranges_dir` names: the networks of AI agents, in files as their operators publish them. A file is
/// called after an agent or an operator, in any case, and ends in `.json` or `.txt`; other files are not read.
///
///     {"prefixes": [{"ipv4Prefix": "192.0.2.0/24"}, {"ipv6Prefix": "2001:db8::/32"}]}
///     ["192.0.2.0/24", "2001:db8::/32"]
///     192.0.2.0/24      # one a line
enum AgentRangesFolder {
  private static var option: StaticString { "ai_ranges_dir" }

  /// Reads all files into `ranges`, or only looks at them when it is nil. Returns a number that changes with them, and is never 0.
  /// Fails with `invalidOption` or `noMemory`.
  @inline(never)
  @discardableResult
  static func read(_ path: [UInt8], into ranges: AgentRanges?) throws(Failure) -> UInt64 {
    let (descriptor, _) = HostFile.open(path)
    guard descriptor >= 0, let folder = fdopendir(descriptor) else {
      if descriptor >= 0 { close(descriptor) }
      throw Failure(.invalidOption, field: option, "names no folder that this process can read; expected one with files of networks")
    }
    defer { closedir(folder) }
    var text = ByteBuffer()
    var status = stat()
    var state: UInt64 = 0
    while let entry = tpc_posix_next_entry(folder, &status) {
      let name = Bytes(start: UnsafeRawPointer(entry).assumingMemoryBound(to: UInt8.self), count: strlen(entry))
      guard let stem = stem(name) else { continue }
      let changed = tpc_posix_changed_ns(&status)
      let facts = UInt64(bitPattern: changed) ^ UInt64(bitPattern: Int64(status.st_size)) << 40 ^ UInt64(status.st_ino) << 20
      state &+= Hash.finish(Hash.of(name) &+ facts)
      guard let ranges else { continue }
      let file = OperatorFile(option: option, name: name)
      text.truncate(to: 0)
      let first = ranges.rangeCount
      try read(path + [UInt8(ascii: "/")] + [UInt8](name), file, &text, into: ranges)
      guard ranges.rangeCount > first else { throw file.failure("at least one network") }
      guard ranges.count < AgentRanges.maximumLists else { throw file.failure("at most 1,000 files") }
      guard ranges.end(stem, from: first, changed: changed / 1_000_000) else { throw .outOfMemory }
    }
    return state | 1
  }

  /// A file's name without its extension; nil if it is none of ours.
  private static func stem(_ name: Bytes) -> Bytes? {
    let dot = name.lastIndex(of: UInt8(ascii: ".")) ?? 0
    let isList = name.tail(dot).matchesIgnoringCase(".json") || name.tail(dot).matchesIgnoringCase(".txt")
    return isList ? name.part(0, dot) : nil
  }

  private static func read(
    _ path: [UInt8], _ file: OperatorFile, _ text: inout ByteBuffer, into ranges: AgentRanges
  ) throws(Failure) {
    switch HostFile.read(path, maximumBytes: OperatorFile.maximumBytes, into: &text) {
    case .read: break
    case .outOfMemory: throw .outOfMemory
    case .tooLarge: throw file.failure("at most 1,048,576 bytes")
    case .missing, .unreadable, .notAFile: throw file.failure("a file that this process can read")
    }
    switch JSONCursor(text.bytes).kind {
    case .object, .array: try readJSON(text.bytes, file, into: ranges)
    default: try readLines(text.bytes, file, into: ranges)
    }
  }

  private static func readJSON(_ text: Bytes, _ file: OperatorFile, into ranges: AgentRanges) throws(Failure) {
    let value = try file.json(text)
    defer { tpc_json_release(value) }
    let prefixes = OperatorFile.member(value, "prefixes")
    let list = prefixes ?? value
    guard tpc_json_is_array(list) != 0 else { throw file.failure("an array of networks, or an object that has one as prefixes") }
    for index in 0..<json_array_size(list) {
      let element = json_array_get(list, index)
      let one = OperatorFile.member(element, "ipv4Prefix")
      let other = OperatorFile.member(element, "ipv6Prefix")
      // An object with neither is no network, and a text is one itself.
      var expected = ranges.add(OperatorFile.text(one ?? other ?? element, maximumBytes: 64))
      if one != nil, let other { expected = expected ?? ranges.add(OperatorFile.text(other, maximumBytes: 64)) }
      if let expected { throw file.failure(expected, at: prefixes == nil ? "/" : "/prefixes/", index) }
    }
  }

  private static func readLines(_ text: Bytes, _ file: OperatorFile, into ranges: AgentRanges) throws(Failure) {
    var (line, at) = (0, 0)
    while at < text.count {
      line += 1
      var entry = text.tail(at)
      entry = entry.part(0, entry.firstOffset(of: UInt8(ascii: "\n")) ?? entry.count)
      at += entry.count + 1
      entry = entry.part(0, entry.firstOffset(of: UInt8(ascii: "#")) ?? entry.count)
      while let last = entry.last, isWhitespace(last) { entry = entry.part(0, entry.count - 1) }
      while let first = entry.first, isWhitespace(first) { entry = entry.tail(1) }
      if !entry.isEmpty, let expected = ranges.add(entry) { throw file.failure(expected, at: "line ", line) }
    }
  }
}
