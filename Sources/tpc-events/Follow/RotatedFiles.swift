// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// A file that is a log now, or was: beside it, with its name and more.
struct RotatedFile {
  let path: [UInt8]
  let device: UInt64
  let inode: UInt64
  let size: Int
  let changed: Int64
  /// 1 in `access.log.1` and `access.log.1.gz`; `logItself` for the log; nil where the name has no such number.
  let number: Int?
  /// The name without what compression adds to it.
  let plainPath: [UInt8]

  static let logItself = -1
  var isLogItself: Bool { number == RotatedFile.logItself }
  var isCompressed: Bool { plainPath.count < path.count }

  /// Whether this file was rotated before another one.
  func isOlder(than other: RotatedFile) -> Bool {
    if let number, let otherNumber = other.number { return number > otherNumber }
    if isLogItself || other.isLogItself { return other.isLogItself }
    return changed != other.changed ? changed < other.changed : plainPath.lexicographicallyPrecedes(other.plainPath)
  }
}

/// The files into which a log was rotated, and the log itself.
enum RotatedFiles {
  /// All of them that are there, oldest first.
  static func find(_ log: [UInt8]) -> [RotatedFile] {
    let slash = log.lastIndex(of: UInt8(ascii: "/")) ?? 0
    let folder = slash == 0 ? [UInt8]("/") : [UInt8](log[..<slash])
    let name = [UInt8](log[(slash + 1)...])
    var found: [RotatedFile] = []
    guard let entries = withName(folder, { opendir($0) }) else { return found }
    while let entry = tpc_posix_next_name(entries) {
      let other = [UInt8](Bytes(cString: entry))
      guard let suffix = suffix(of: other, after: name) else { continue }
      if let file = look([UInt8](log[...slash]) + other, suffix) { found.append(file) }
    }
    closedir(entries)
    // While a file is being compressed, both are there.
    let plain = found.filter { !$0.isCompressed }
    found.removeAll { file in file.isCompressed && plain.contains { $0.path == file.plainPath } }
    found.sort { $0.isOlder(than: $1) }
    return found
  }

  /// Whether the files and their names are the same as they were.
  static func isUnchanged(_ log: [UInt8], since known: [RotatedFile]) -> Bool {
    let now = find(log)
    return now.count == known.count && zip(now, known).allSatisfy { $0.path == $1.path && $0.inode == $1.inode && $0.device == $1.device }
  }

  /// Whether a path is one to which a log is rotated.
  static func isRotated(_ path: [UInt8], from log: [UInt8]) -> Bool {
    guard let slash = log.lastIndex(of: UInt8(ascii: "/")), path.starts(with: log[...slash]) else { return false }
    return suffix(of: [UInt8](path[(slash + 1)...]), after: [UInt8](log[(slash + 1)...])).map { !$0.isEmpty } ?? false
  }

  /// Nil for anything that is not a regular file.
  private static func look(_ path: [UInt8], _ suffix: [UInt8]) -> RotatedFile? {
    var status = stat()
    guard withName(path, { stat($0, &status) }) == 0, tpc_posix_is_regular(&status) != 0 else { return nil }
    let compression = [[UInt8](".gz"), [UInt8](".zst")].first { suffix.count > $0.count && suffix.suffix($0.count).elementsEqual($0) }
    let plain = suffix.dropLast(compression?.count ?? 0)
    return RotatedFile(
      path: path, device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size),
      changed: tpc_posix_changed_ns(&status), number: number(plain), plainPath: [UInt8](path.dropLast(compression?.count ?? 0)))
  }

  /// What a rotated file's name has after the log's, such as `.1` or `-20261130.gz`; or in its middle, as in `access-20261130.log`. Empty
  /// for the log itself, nil for other files.
  private static func suffix(of name: [UInt8], after log: [UInt8]) -> [UInt8]? {
    if name.starts(with: log) {
      let rest = [UInt8](name.dropFirst(log.count))
      return rest.isEmpty || isRotated(rest) ? rest : nil
    }
    guard let dot = log.lastIndex(of: UInt8(ascii: ".")), dot > 0, name.starts(with: log[..<dot]) else { return nil }
    let rest = [UInt8](name.dropFirst(dot))
    // logrotate's `extension`: a separator, a date or a number, and then the log's own ending.
    guard rest.count > 1, isSeparator(rest[0]), rest[1] &- 0x30 < 10 else { return nil }
    var end = 1
    while end < rest.count, rest[end] &- 0x30 < 10 || rest[end] == UInt8(ascii: "-") || rest[end] == UInt8(ascii: "_") { end += 1 }
    let ending = rest[end...]
    // A short number is that of another server or port, as in `access-8080.log`.
    let digits = rest[..<end].reduce(0) { $0 + ($1 &- 0x30 < 10 ? 1 : 0) }
    guard ending.starts(with: log[dot...]), digits >= dateDigits || digits <= 3 && rest[0] == UInt8(ascii: ".") else { return nil }
    return [UInt8](rest[..<end]) + [UInt8](ending.dropFirst(log.count - dot))
  }

  /// A separator, and then a date or a number: others have files beside a log, too.
  private static func isRotated(_ suffix: [UInt8]) -> Bool {
    var end = suffix.count
    while end > 0, suffix[end - 1] &- 0x30 > 9 { end -= 1 }
    let ending = suffix[end...]
    guard end > 1, isSeparator(suffix[0]) else { return false }
    let isKnown = ending.isEmpty || ending.elementsEqual([UInt8](".gz")) || ending.elementsEqual([UInt8](".zst"))
    return isKnown && suffix[..<end].allSatisfy { isSeparator($0) || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: ":") }
  }

  /// A date has as many digits at least, as in `access-261130.log`.
  private static let dateDigits = 6

  private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") }

  private static func number(_ suffix: ArraySlice<UInt8>) -> Int? {
    guard let first = suffix.first else { return RotatedFile.logItself }
    let digits = suffix.dropFirst()
    // More digits are a date.
    guard first == UInt8(ascii: "."), digits.count <= 5, !digits.isEmpty, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
  }

  static func withName<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // It has a byte.
    (path + [0]).withUnsafeBufferPointer { path in path.withMemoryRebound(to: CChar.self) { body($0.baseAddress.unsafelyUnwrapped) } }
  }
}
