// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// A folder that is open: the spool's own, or one of those in it, of which there is one a destination.
final class SpoolFolder {
  let path: [UInt8]
  /// The number that a destination's folder has as its name; 0 for the spool's own.
  let number: UInt64
  let descriptor: Int32
  private(set) var status = stat()

  private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

  private init?(_ path: [UInt8], _ number: UInt64, name: [UInt8], in outer: Int32) {
    descriptor = SpoolFolder.open(name, in: outer, flags: SpoolFolder.flags)
    guard descriptor >= 0 else { return nil }
    self.path = path
    self.number = number
    fstat(descriptor, &status)
  }

  deinit { close(descriptor) }

  /// Opens the spool's own folder.
  static func spool(_ given: [UInt8]) throws(UsageError) -> SpoolFolder {
    let path = absolute(given)
    guard let folder = SpoolFolder(path, 0, name: path, in: AT_FDCWD) else { throw given.withUnsafeBufferPointer { .cannot("open", $0, error: tpc_posix_errno()) } }
    return folder
  }

  /// A path as the option `spool_directory` takes it.
  static func absolute(_ given: [UInt8]) -> [UInt8] {
    var path = given
    if path.first != UInt8(ascii: "/"), let current = getcwd(nil, 0) {
      path = [UInt8](Bytes(cString: current)) + [UInt8]("/") + path
      free(current)
    }
    // A slash at the end would follow a link.
    while path.count > 1, path.last == UInt8(ascii: "/") { path.removeLast() }
    return path
  }

  /// Opens the folder of a destination; nil, with the reason in `errno`, if that is not possible.
  func destination(_ number: UInt64) -> SpoolFolder? {
    var name: [UInt8] = []
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift) & 15)
      name.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
    return SpoolFolder(path + [UInt8]("/") + name, number, name: name, in: descriptor)
  }

  /// The numbers of the destinations that have a folder, in their order.
  func destinations() -> [UInt64] {
    var numbers: [UInt64] = []
    for name in names() {
      if let number = SpoolName.folder(name) { numbers.append(number) }
    }
    return numbers
  }

  /// The names in the folder, in their order.
  func names() -> [[UInt8]] {
    var names: [[UInt8]] = []
    let descriptor = SpoolFolder.open([UInt8]("."), in: descriptor, flags: SpoolFolder.flags)
    guard descriptor >= 0, let entries = fdopendir(descriptor) else {
      if descriptor >= 0 { close(descriptor) }
      return names
    }
    while let name = tpc_posix_next_name(entries) { names.append([UInt8](Bytes(cString: name))) }
    closedir(entries)
    names.sort { $0.lexicographicallyPrecedes($1) }
    return names
  }

  /// Whether a path still leads to this folder: somebody may have removed it and made another.
  var isInPlace: Bool {
    var found = stat()
    let isFound = SpoolFolder.withName(path) { fstatat(AT_FDCWD, $0, &found, AT_SYMLINK_NOFOLLOW) == 0 }
    return isFound && found.st_dev == status.st_dev && found.st_ino == status.st_ino
  }

  /// Removes a name from the folder. Whether it is gone.
  func remove(_ name: [UInt8], isFolder: Bool = false) -> Bool {
    SpoolFolder.withName(name) { unlinkat(descriptor, $0, isFolder ? AT_REMOVEDIR : 0) == 0 }
  }

  static func open(_ name: [UInt8], in outer: Int32, flags: Int32) -> Int32 {
    withName(name) { tpc_posix_open_at(outer, $0, flags) }
  }

  /// A name as C takes it.
  private static func withName<Result>(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // It has a byte.
    (name + [0]).withUnsafeBufferPointer { name in
      name.withMemoryRebound(to: CChar.self) { body($0.baseAddress.unsafelyUnwrapped) }
    }
  }
}
