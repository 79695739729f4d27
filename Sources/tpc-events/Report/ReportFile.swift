// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The file that a report is written to. It is written beside the one that may be there and renamed, so that nobody reads half a
/// report, and an error leaves the old one.
///
/// A new file can be read by its owner only, since a report has paths of the site; one that is replaced keeps its permissions, and
/// is an earlier report or empty. What is not a regular file, such as a pipe, is written to.
struct ReportFile {
  /// The file itself, where the path is a symbolic link.
  private let path: [UInt8]
  private let mode: mode_t
  private let isReplaced: Bool
  /// What is not a regular file, open.
  private var output: Output?

  /// Fails if the file is one of the logs or has other contents than a report, or if none can be written there. Waits for whoever
  /// reads a FIFO, unless it is interrupted.
  init(_ path: Bytes, besides logs: [Input], _ interruption: Interruption) throws(UsageError) {
    guard !path.isEmpty else { throw ReportFile.refused("expected the name of a file; - is standard output") }
    var status = stat()
    let isThere = ReportFile.withPath([UInt8](path)) { stat($0, &status) } == 0
    isReplaced = !isThere || tpc_posix_is_regular(&status) != 0
    mode = isThere ? status.st_mode & 0o777 : 0o600
    for log in logs {
      var other = stat()
      guard isThere, fstat(log.descriptor, &other) == 0, other.st_dev == status.st_dev, other.st_ino == status.st_ino else { continue }
      throw ReportFile.refused("is one of the logs; expected another file")
    }
    guard !isThere || !isReplaced || status.st_size == 0 || ReportFile.holdsReport(path) else {
      throw ReportFile.refused("found a file with other contents; expected a new one, or that of an earlier report")
    }
    self.path = isThere && isReplaced ? ReportFile.resolved(path) : [UInt8](path)
    let target = isReplaced ? ReportFile.folder(of: self.path) : self.path
    guard ReportFile.withPath(target, { access($0, W_OK) }) == 0 else {
      throw .cannot("write", path, error: tpc_posix_errno())
    }
    guard !isReplaced else { return }
    let descriptor = try LineFile.open(path, interruption)
    guard descriptor >= 0 else { throw .cannot("write", path, error: tpc_posix_errno()) }
    let output = Output(descriptor: descriptor)
    interruption.limit(output)
    self.output = output
  }

  func write(_ text: Bytes) throws(UsageError) {
    if let output {
      output.put(text)
      output.flush()
      if output.isBroken { throw path.withUnsafeBufferPointer { .cannot("write", $0, error: output.failure) } }
      close(output.descriptor)
      return
    }
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

  private static func refused(_ message: StaticString) -> UsageError { UsageError(flag: Bytes("html"), [UInt8](message)) }

  /// Whether a file begins as a report does.
  private static func holdsReport(_ path: Bytes) -> Bool {
    let descriptor = Input.open(path, flags: O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let beginning = HTMLReport.beginning
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: beginning.utf8CodeUnitCount) { head in
      let count = pread(descriptor, head.baseAddress, head.count, 0)
      return count > 0 && Bytes(head).part(0, count).matches(beginning)
    }
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
