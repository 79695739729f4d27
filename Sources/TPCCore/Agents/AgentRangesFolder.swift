// SPDX-License-Identifier: Apache-2.0

import CTPCJansson
import CTPCPOSIX

/// Reads the folder that `ai_ranges_dir` names: the networks of AI agents, in files as their operators publish them. A file is
/// called after an agent or an operator, in any case, and ends in `.json` or `.txt`; other files are not read.
///
///     {"prefixes": [{"ipv4Prefix": "192.0.2.0/24"}, {"ipv6Prefix": "2001:db8::/32"}]}
///     ["192.0.2.0/24", "2001:db8::/32"]
///     192.0.2.0/24      # one a line
final class AgentRangesFolder {
  let file: OperatorFile
  private let hasKeys: Bool
  let ranges = AgentRanges()
  /// A number that changes with the files; 0 when there is no folder that this process can read.
  private(set) var state: UInt64 = 0

  init(_ option: Option) {
    file = OperatorFile(OptionTable.row(option).name)
    hasKeys = option == .aiKeysFolder
  }

  /// Reads all files into `ranges`, or only looks at them. `false`, with the reason in `file`, if that is not possible.
  @inline(never)
  func read(_ path: UnsafePointer<CChar>, onlyLooks: Bool) -> Bool {
    let descriptor = HostFile.open(path, in: AT_FDCWD)
    guard let folder = fdopendir(descriptor) else {
      if descriptor >= 0 { close(descriptor) }
      return file.refuse("a folder that this process can read")
    }
    defer { closedir(folder) }
    var text = ByteBuffer()
    var status = stat()
    fstat(descriptor, &status)
    var found = tpc_posix_state(&status) | 1
    while let entry = tpc_posix_next_entry(folder, descriptor, &status) {
      let name = Bytes(start: UnsafeRawPointer(entry).assumingMemoryBound(to: UInt8.self), count: strlen(entry))
      let end = AgentRangesFolder.stem(name)
      if end <= 0 { continue }
      found &+= tpc_posix_state(&status) &<< 1
      if onlyLooks { continue }
      file.name = name
      text.truncate(to: 0)
      switch HostFile.read(entry, in: descriptor, maximumBytes: OperatorFile.maximumBytes, into: &text) {
      case .read: break
      case .outOfMemory: return false
      case .tooLarge: return file.refuse("at most 1,048,576 bytes")
      case .missing, .unreadable, .notAFile: return file.refuse("one that this process can read")
      }
      let stem = Bytes(start: name.baseAddress, count: end)
      if hasKeys {
        guard ranges.keys.read(text.bytes, of: stem, file) else { return false }
        file.unit = ""
        continue
      }
      let first = JSONCursor(text.bytes).kind
      guard first == .object || first == .array ? readJSON(text.bytes) : readLines(text.bytes) else { return false }
      file.unit = ""
      guard ranges.endList(stem, changed: Int64(status.st_mtim.tv_sec), file) else { return false }
    }
    state = found
    return true
  }

  /// The length of the name without the extension; 0 or less if it is none of ours.
  @inline(never)
  private static func stem(_ name: Bytes) -> Int {
    for length in 4...5 where AgentRanges.matches(name.part(name.count - length, name.count), length == 4 ? ".txt" : ".json") {
      return name.count - length
    }
    return 0
  }

  @inline(never)
  private func readJSON(_ text: Bytes) -> Bool {
    guard let value = file.json(text) else { return false }
    defer { tpc_json_release(value) }
    let prefixes = OperatorFile.member(value, "prefixes")
    let list = prefixes ?? value
    guard tpc_json_is_array(list) != 0 else { return file.refuse("an array of networks, or an object that has one as prefixes") }
    file.unit = prefixes == nil ? "/" : "/prefixes/"
    for index in 0..<json_array_size(list) {
      let element = json_array_get(list, index)
      let four = OperatorFile.member(element, "ipv4Prefix")
      let six = OperatorFile.member(element, "ipv6Prefix")
      // An object without either is refused, as any other value but a text.
      file.number = index
      guard ranges.add(OperatorFile.text(four ?? six ?? element), file) else { return false }
      if four != nil, six != nil, !ranges.add(OperatorFile.text(six), file) { return false }
    }
    return true
  }

  @inline(never)
  private func readLines(_ text: Bytes) -> Bool {
    (file.unit, file.number) = ("line ", 0)
    var at = 0
    while at < text.count {
      file.number += 1
      let rest = text.tail(at)
      let length = rest.firstOffset(of: UInt8(ascii: "\n")) ?? rest.count
      at += length + 1
      var (start, end) = (0, Bytes(start: rest.baseAddress, count: length).firstOffset(of: UInt8(ascii: "#")) ?? length)
      while start < end, isWhitespace(rest[end - 1]) { end -= 1 }
      while start < end, isWhitespace(rest[start]) { start += 1 }
      if start < end, !ranges.add(Bytes(start: rest.baseAddress.map { $0 + start }, count: end - start), file) { return false }
    }
    return true
  }
}

extension AgentRanges {
  /// Reads the folder that the options name; nil if they name none. Fails with `invalidOption` or `noMemory`.
  @export(interface)
  package static func read(_ options: Options) throws(Failure) -> AgentRanges? {
    guard options.isSet(.aiRangesFolder) else { return nil }
    let folder = AgentRangesFolder(.aiRangesFolder)
    let path = options.text(.aiRangesFolder) + [0]
    let isRead = path.withUnsafeBytes {
      $0.baseAddress.map { folder.read($0.assumingMemoryBound(to: CChar.self), onlyLooks: false) } ?? false
    }
    guard isRead else { throw folder.file.failure }
    return folder.ranges
  }
}
