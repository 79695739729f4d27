// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The files that a command's operands mean: paths, folders, and patterns in quotes, which the tool expands itself.
struct LogFiles {
  struct Entry {
    let input: Input
    let path: Bytes
    /// Whether its folder was given, so that it may be anything.
    let isFromFolder: Bool
    /// When it was last changed, in milliseconds.
    let changedMilliseconds: Int64
    fileprivate let device: UInt64
    fileprivate let inode: UInt64
  }

  private(set) var entries: [Entry] = []

  /// The paths are texts that last as long as the process.
  init(_ operands: [Bytes]) throws(UsageError) {
    tpc_posix_raise_descriptor_limit()
    for operand in operands {
      if operand.matches("-") {
        guard operands.count == 1 else { throw UsageError("-: found with other logs; expected standard input alone, or files") }
        entries.append(Entry(input: try Input(operand), path: operand, isFromFolder: false, changedMilliseconds: 0, device: 0, inode: 0))
      } else {
        try add(operand)
      }
    }
  }

  var inputs: [Input] { entries.map { $0.input } }

  /// Orders the files by time: by what `firstTime` finds in the first lines of each, or else by when the file was last changed. Leaves
  /// out files of a folder in which there is no time, which are something else.
  mutating func order(firstTime: (Bytes) -> Int64?) {
    guard entries.count > 1 || entries.first?.isFromFolder == true else { return }
    var timed: [(time: Int64, entry: Entry)] = []
    for entry in entries {
      let time = entry.input.size == nil ? nil : LogFiles.withFirstLines(of: entry.input, firstTime)
      if time == nil, entry.isFromFolder, entry.input.size != 0 {
        LogFiles.say(entry.path, ": has no line with a time; it was left out")
        close(entry.input.descriptor)
      } else {
        timed.append((time ?? entry.changedMilliseconds, entry))
      }
    }
    // Embedded Swift's sort is not stable; equal times keep the order in which they were given.
    entries = timed.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map { $0.element.entry }
  }

  private static func withFirstLines(of input: Input, _ body: (Bytes) -> Int64?) -> Int64? {
    let reader = LineReader(DetectedSource(input.descriptor, InputWait()), limit: longestFirstLine)
    let found = body(reader.peek())
    lseek(input.descriptor, 0, SEEK_SET)
    return found
  }

  private static let longestFirstLine = 64 * 1024

  // MARK: Expansion

  private mutating func add(_ operand: Bytes) throws(UsageError) {
    var status = stat()
    if LogFiles.status(operand, &status) { return try add(operand, status) }
    let error = tpc_posix_errno()
    guard error == ENOENT, LogFiles.isPattern(operand) else { throw .cannot("open", operand, error: error) }
    let found = LogFiles.expand(operand)
    guard !found.isEmpty else { throw UsageError([UInt8](operand) + [UInt8](": no file matches"), isAboutArguments: false) }
    for path in found where LogFiles.status(path, &status) { try add(path, status) }
  }

  private mutating func add(_ path: Bytes, _ status: stat) throws(UsageError) {
    var status = status
    guard tpc_posix_is_folder(&status) != 0 else { return try add(file: path, status, isFromFolder: false) }
    guard let folder = Self.withName(path, { opendir($0) }) else { throw .cannot("open", path, error: tpc_posix_errno()) }
    defer { closedir(folder) }
    var names: [[UInt8]] = []
    while let name = tpc_posix_next_name(folder) {
      if name[0] != CChar(UInt8(ascii: ".")) { names.append([UInt8](Bytes(cString: name))) }
    }
    names.sort { $0.lexicographicallyPrecedes($1) }
    var others = 0
    for name in names {
      let slash: StaticString = path.last == UInt8(ascii: "/") ? "" : "/"
      let inner = LogFiles.keep([UInt8](path) + [UInt8](slash) + name)
      var status = stat()
      if LogFiles.status(inner, &status), tpc_posix_is_regular(&status) != 0 {
        try add(file: inner, status, isFromFolder: true)
      } else {
        others += 1
      }
    }
    if others > 0 { LogFiles.say(path, ": only its own files are read; folders and others in it were left out") }
  }

  private mutating func add(file path: Bytes, _ status: stat, isFromFolder: Bool) throws(UsageError) {
    let (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    var status = status
    if tpc_posix_is_regular(&status) != 0, let same = entries.first(where: { $0.device == device && $0.inode == inode }) {
      LogFiles.say(path, ": is the same file as ", same.path, "; it is read once")
      return
    }
    let time = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    entries.append(
      Entry(input: try Input(path), path: path, isFromFolder: isFromFolder, changedMilliseconds: time, device: device, inode: inode))
  }

  static func isPattern(_ text: Bytes) -> Bool {
    text.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
  }

  private static func expand(_ pattern: Bytes) -> [Bytes] {
    var found = glob_t()
    var paths: [Bytes] = []
    if withName(pattern, { glob($0, 0, nil, &found) }) == 0 {
      for index in 0..<Int(found.gl_pathc) {
        if let path = found.gl_pathv[index] { paths.append(keep([UInt8](Bytes(cString: path)))) }
      }
    }
    globfree(&found)
    return paths
  }

  // MARK: Names

  private static func status(_ path: Bytes, _ status: inout stat) -> Bool { withName(path) { stat($0, &status) } == 0 }

  private static func withName<Result>(_ path: Bytes, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // It has a byte.
    (path + [0]).withUnsafeBufferPointer { path in path.withMemoryRebound(to: CChar.self) { body($0.baseAddress.unsafelyUnwrapped) } }
  }

  /// A copy of a name that lasts as long as the process.
  private static func keep(_ name: [UInt8]) -> Bytes {
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, name.count))
    copy.initialize(from: name, count: name.count)
    return Bytes(start: copy, count: name.count)
  }

  private static func say(_ path: Bytes, _ what: StaticString, _ other: Bytes = Bytes(""), _ rest: StaticString = "") {
    Output.error.put("tpc-events: ")
    Output.error.put(printable: path)
    Output.error.put(what)
    Output.error.put(printable: other)
    Output.error.put(rest)
    Output.error.put("\n")
    Output.error.flush()
  }
}
