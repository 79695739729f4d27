// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// A file of lines that did not go through, such as that of `--rejected FILE`: a row for each, with columns separated by tabs, of
/// which the first is the line's number and the last its text.
///
/// A file that has other contents is refused, and nothing is changed before the first row, or the end of the run: until then,
/// everything else that was given is known to be right.
final class LineFile {
  private let output: Output
  private let path: Bytes
  private let columns: Int
  /// Whether the path is a file that holds an earlier run's rows.
  private let isRegular: Bool
  private var isBegun = false
  private var isReported = false

  private static let waitMilliseconds = 50
  /// What is read of a file to recognize an earlier run's rows.
  private static let headBytes = 4096

  /// Opens the file that a flag names, for rows of this many columns; nil without the flag. Waits for whoever reads a FIFO, unless it is interrupted.
  static func make(
    _ flag: Flag, columns: Int, _ arguments: Arguments, besides lines: InputLines? = nil, _ interruption: Interruption
  ) throws(UsageError) -> LineFile? {
    guard let path = arguments.value(flag) else { return nil }
    return try LineFile(flag, path, columns: columns, besides: lines, interruption)
  }

  private init(_ flag: Flag, _ path: Bytes, columns: Int, besides lines: InputLines?, _ interruption: Interruption) throws(UsageError) {
    (self.path, self.columns) = (path, columns)
    guard !path.isEmpty, !path.matches("-") else { throw LineFile.refused(flag, "expected the name of a file; /dev/stdout is standard output") }
    let standard = LineFile.standardDescriptor(path)
    let descriptor: Int32
    if let standard { descriptor = tpc_posix_duplicate(standard, 3) } else { descriptor = try LineFile.open(path, interruption) }
    guard descriptor >= 0 else { throw .cannot("open", path, error: tpc_posix_errno()) }
    var status = stat()
    // What the shell opened is where the shell wants it; a pipe or a terminal has no length to cut.
    isRegular = standard == nil && fstat(descriptor, &status) == 0 && tpc_posix_is_regular(&status) != 0
    output = Output(descriptor: descriptor)
    interruption.limit(output)
    guard isRegular else { return }
    if lines?.isRead(descriptor) == true { throw LineFile.refused(flag, "found the file that is read; expected another one") }
    for number: Int32 in 1...2 where LineFile.isSame(number, descriptor) {
      throw LineFile.refused(flag, "found the file to which the tool writes already; expected another one, /dev/stdout or /dev/stderr")
    }
    guard status.st_size == 0 || holdsRows() else {
      throw LineFile.refused(flag, "found a file with other contents; expected a new one, or that of an earlier run")
    }
    // Two flags would write over each other.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || tpc_posix_errno() != EWOULDBLOCK else {
      throw LineFile.refused(flag, "found a file that is being written; expected another one")
    }
  }

  // MARK: Rows

  /// Writes a row: the line's number, columns of ours, of which the last names the file where there are several, which a terminal may show, and the text as it is. Says how many bytes of the
  /// line are not in the text.
  func write(_ place: LinePlace, _ columns: Bytes..., text: Bytes, cutBytes: Int = 0) {
    begin()
    output.put(place.number)
    for (index, column) in columns.enumerated() {
      output.put("\t")
      if index == columns.count - 1, !place.file.isEmpty {
        output.put(printable: place.file)
        output.put(": ")
      }
      output.put(printable: column)
    }
    if cutBytes > 0 {
      output.put("; the last ")
      output.put(grouped: cutBytes)
      output.put(" bytes are cut off here")
    }
    output.put("\t")
    output.put(text)
    output.put("\n")
    report()
  }

  /// Writes what is known to the disk, so that it is there whatever happens to the process.
  func flush() {
    output.flush()
    report()
  }

  /// The end of the run. `false` when not all rows could be written, which has been reported.
  func finish() -> Bool {
    begin()
    flush()
    return !output.isBroken
  }

  /// Removes the rows of an earlier run.
  private func begin() {
    guard !isBegun else { return }
    isBegun = true
    if isRegular, ftruncate(output.descriptor, 0) == 0 { lseek(output.descriptor, 0, SEEK_SET) }
  }

  private func report() {
    guard output.isBroken, !isReported else { return }
    isReported = true
    Output.error.put("tpc-events: ")
    Output.error.put(printable: UsageError.cannot("write", path, error: output.failure).message)
    Output.error.put("; the run goes on without it\n")
    Output.error.flush()
  }

  // MARK: Reading

  /// The last column of a row of `columns`; nil for a line that is not one. A JSON object never begins with a digit.
  static func text(ofRow line: Bytes, columns: Int) -> Bytes? {
    var rest = line
    for column in 1..<columns {
      guard let tab = rest.firstIndex(of: 0x09) else { return nil }
      let text = rest.part(0, tab)
      // A number, then perhaps a code or a JSON pointer, then a reason.
      let isRight =
        column == 1 ? !text.isEmpty && text.allSatisfy { $0 &- 0x30 < 10 } : column == columns - 1 || !text.contains(0x20)
      guard isRight else { return nil }
      rest = rest.part(tab + 1, rest.count)
    }
    return rest
  }

  private func holdsRows() -> Bool {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: LineFile.headBytes) { head in
      let count = pread(output.descriptor, head.baseAddress, head.count, 0)
      return count > 0 && LineFile.text(ofRow: Bytes(head).part(0, count), columns: columns) != nil
    }
  }

  // MARK: Opening

  /// Opens a file, or waits for whoever reads a FIFO. Negative when the system refuses it.
  static func open(_ path: Bytes, _ interruption: Interruption) throws(UsageError) -> Int32 {
    let flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    guard isPipe(path) else {
      let descriptor = Input.open(path, flags: O_RDWR | O_CREAT | flags)
      return descriptor < 0 && tpc_posix_errno() == EACCES ? Input.open(path, flags: O_WRONLY | flags) : descriptor
    }
    var hasWaited = false
    while true {
      let descriptor = Input.open(path, flags: O_WRONLY | flags)
      if descriptor >= 0 || tpc_posix_errno() != ENXIO { return descriptor }
      if !hasWaited { say(path, ": waiting for somebody to read it") }
      hasWaited = true
      guard !interruption.check() else { throw .cannot("open", path, error: EINTR) }
      interruption.wait(milliseconds: waitMilliseconds)
    }
  }

  private static func isPipe(_ path: Bytes) -> Bool {
    var status = stat()
    return (path + [0]).withUnsafeBufferPointer { $0.withMemoryRebound(to: CChar.self) { stat($0.baseAddress!, &status) } } == 0
      && tpc_posix_is_pipe(&status) != 0
  }

  private static func say(_ path: Bytes, _ what: StaticString) {
    Output.error.put("tpc-events: ")
    Output.error.put(printable: path)
    Output.error.put(what)
    Output.error.put("\n")
    Output.error.flush()
  }

  /// The number in /dev/stdout and similar names, whose files were opened by whoever started the process.
  static func standardDescriptor(_ path: Bytes) -> Int32? {
    if path.matches("/dev/stdout") { return 1 }
    if path.matches("/dev/stderr") { return 2 }
    for folder: StaticString in ["/dev/fd/", "/proc/self/fd/"] where path.part(0, folder.utf8CodeUnitCount).matches(folder) {
      let digits = path.part(folder.utf8CodeUnitCount, path.count)
      guard !digits.isEmpty, digits.count < 7, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
      return digits.reduce(0) { $0 * 10 + Int32($1 - 0x30) }
    }
    return nil
  }

  private static func isSame(_ one: Int32, _ other: Int32) -> Bool {
    var (mine, theirs) = (stat(), stat())
    guard fstat(one, &mine) == 0, fstat(other, &theirs) == 0 else { return false }
    return mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
  }

  private static func refused(_ flag: Flag, _ message: StaticString) -> UsageError { UsageError(flag: flag.name.bytes, [UInt8](message)) }
}
