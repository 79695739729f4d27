// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The file that a report is written to. It is written beside the one that may be there and renamed, so that nobody reads half a
/// report, and an error leaves the old one.
///
/// A new file can be read by its owner only, since a report has paths of the site; one that is replaced keeps its permissions. What
/// is not a regular file, such as a pipe, is written to.
struct ReportFile {
  /// The file itself, where the path is a symbolic link.
  private let path: [UInt8]
  private let mode: mode_t
  private let isReplaced: Bool

  /// Fails if the file is one of the logs, or if none can be written there.
  init(_ path: Bytes, besides logs: [Input]) throws(UsageError) {
    var status = stat()
    let isThere = ReportFile.withPath([UInt8](path)) { stat($0, &status) } == 0
    isReplaced = !isThere || tpc_posix_is_regular(&status) != 0
    mode = isThere ? status.st_mode & 0o777 : 0o600
    for log in logs {
      var other = stat()
      guard isThere, fstat(log.descriptor, &other) == 0, other.st_dev == status.st_dev, other.st_ino == status.st_ino else { continue }
      throw UsageError(flag: Bytes("html"), [UInt8]("is one of the logs; expected another file"))
    }
    self.path = isThere && isReplaced ? ReportFile.resolved(path) : [UInt8](path)
    let target = isReplaced ? ReportFile.folder(of: self.path) : self.path
    guard ReportFile.withPath(target, { access($0, W_OK) }) == 0 else {
      throw .cannot("write", path, error: tpc_posix_errno())
    }
  }

  func write(_ text: Bytes) throws(UsageError) {
    guard isReplaced else { return try put(text, into: open(path, O_WRONLY | O_CLOEXEC)) }
    var name = MessageBuilder()
    name.add(path)
    name.add(".")
    name.add(Int(getpid()))
    name.add(".new")
    let beside = name.text
    do throws(UsageError) {
      let descriptor = try open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
      fchmod(descriptor, mode)
      try put(text, into: descriptor)
      let isRenamed = ReportFile.withPath(beside) { from in ReportFile.withPath(path) { rename(from, $0) } } == 0
      if !isRenamed { throw failure }
    } catch {
      _ = ReportFile.withPath(beside) { unlink($0) }
      throw error
    }
  }

  private func open(_ path: [UInt8], _ flags: Int32) throws(UsageError) -> Int32 {
    let descriptor = path.withUnsafeBufferPointer { Input.open($0, flags: flags) }
    if descriptor < 0 { throw failure }
    return descriptor
  }

  private func put(_ text: Bytes, into descriptor: Int32) throws(UsageError) {
    var written = 0
    while written < text.count {
      let rest = text.part(written, text.count)
      let count = CTPCPOSIX.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        written += count
      } else if tpc_posix_errno() != EINTR {
        let failure = failure
        close(descriptor)
        throw failure
      }
    }
    if close(descriptor) != 0 { throw failure }
  }

  /// What the system last answered.
  private var failure: UsageError {
    let error = tpc_posix_errno()
    return path.withUnsafeBufferPointer { .cannot("write", $0, error: error) }
  }

  // MARK: Paths

  private static func withPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    let path = path.map { CChar(bitPattern: $0) } + [0]
    return path.withUnsafeBufferPointer { buffer in
      // An array with an element has an address.
      body(buffer.baseAddress.unsafelyUnwrapped)
    }
  }

  private static func resolved(_ path: Bytes) -> [UInt8] {
    guard let found = withPath([UInt8](path), { realpath($0, nil) }) else { return [UInt8](path) }
    defer { free(found) }
    return [UInt8](Bytes(cString: found))
  }

  private static func folder(of path: [UInt8]) -> [UInt8] {
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return [UInt8](".") }
    return slash == 0 ? [UInt8]("/") : [UInt8](path[..<slash])
  }
}
