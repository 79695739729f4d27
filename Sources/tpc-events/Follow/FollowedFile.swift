// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// A file of a log that is followed: the log itself, or what it was renamed, copied or compressed to. Other lines may still come to its end.
final class FollowedFile {
  private(set) var path: [UInt8]
  /// What is answered for.
  private(set) var position: FilePosition
  private(set) var reader: LineReader
  /// How the lines are read; nil before the first one.
  private var layout: LogLayout?
  var isBegun: Bool { layout != nil }
  /// The first lines, and all lines that begin with `#`, where the reading begins after them.
  private(set) var firstLines: [UInt8] = []
  private(set) var headers: [[UInt8]] = []
  private(set) var linesRead: Int
  /// Whether nothing more is read of it.
  private(set) var isOver = false

  private var descriptor: Int32
  /// Nil for a compressed file.
  private var growing: GrowingSource?
  /// Where in the text the reader began.
  private var base: Int
  /// The beginning of the text, as far as it was read.
  private var head: [UInt8] = []
  private var firstLine: [UInt8] = []
  private var quiet = Stopwatch()

  private static let firstLinesBytes = 64 * 1024
  private static let mostHeaders = 16
  /// For how long nobody may write to a file that is not the log any longer, or that has no name any longer, before it is let go.
  private static let quietMilliseconds = 3_600_000
  private static let namelessMilliseconds = 60_000

  /// Opens a file to be read from an offset on, if it has what the position is recognized by. Nil otherwise.
  init?(_ file: RotatedFile, at position: FilePosition, from offset: Int) {
    let opened = RotatedFiles.withName(file.path) { tpc_posix_open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0) }
    guard opened >= 0 else { return nil }
    path = file.path
    descriptor = opened
    self.position = position
    self.position.device = file.device
    self.position.inode = file.inode
    base = offset
    linesRead = position.lines
    growing = nil
    reader = LineReader(ByteSource(), limit: 1)
    var status = stat()
    // It may be another file by now.
    guard fstat(opened, &status) == 0, UInt64(status.st_ino) == file.inode, UInt64(status.st_dev) == file.device else { return nil }
    guard isCompressed() ? beginInflating(position, offset) : begin(position, offset) else { return nil }
    setFirstLine()
  }

  deinit { close(descriptor) }

  private func isCompressed() -> Bool {
    var magic: InlineArray<4, UInt8> = [0, 0, 0, 0]
    return withUnsafeMutableBytes(of: &magic) { memory in
      let bytes = memory.assumingMemoryBound(to: UInt8.self)
      let count = tpc_posix_read_at(descriptor, bytes.baseAddress, 4, 0)
      let found = Compression.of(UnsafeBufferPointer(rebasing: bytes[..<max(0, count)]))
      return found != nil && found != Compression.none
    }
  }

  private func begin(_ position: FilePosition, _ offset: Int) -> Bool {
    firstLines = text(from: 0, FollowedFile.firstLinesBytes)
    head = [UInt8](firstLines.prefix(min(offset, FilePosition.headBytes)))
    guard FollowedFile.digest(firstLines, position.head.length) == position.head else { return false }
    let tail = text(from: position.offset - position.tail.length, position.tail.length)
    guard FollowedFile.digest(tail, position.tail.length) == position.tail, offset <= size else { return false }
    let source = GrowingSource(descriptor, from: offset)
    growing = source
    reader = LineReader(source, limit: LogLine.longest, isGrowing: true)
    if offset > 0, firstLines.first == UInt8(ascii: "#") {
      let before = LineReader(GrowingSource(descriptor, from: 0), limit: LogLine.longest, isGrowing: true)
      while before.offset < offset, case .text(let line) = before.next() { keepHeader(line) }
    }
    return true
  }

  /// Reads what is before the offset.
  private func beginInflating(_ position: FilePosition, _ offset: Int) -> Bool {
    reader = LineReader(DetectedSource(descriptor, InputWait()), limit: LogLine.longest, isGrowing: true)
    var isRight = position.head.length == 0
    while reader.offset < offset {
      let line: Bytes
      switch reader.next() {
      case .text(let text): line = text
      case .tooLong(let text, _): line = text
      default: return false
      }
      if firstLines.count < FollowedFile.firstLinesBytes { firstLines += [UInt8](line) + [0x0A] }
      keepHeader(line)
      if !isRight, firstLines.count >= position.head.length {
        guard FollowedFile.digest(firstLines, position.head.length) == position.head else { return false }
        isRight = true
      }
    }
    head = [UInt8](firstLines.prefix(FilePosition.headBytes))
    base = 0
    return isRight && reader.offset == offset
  }

  private func keepHeader(_ line: Bytes) {
    guard line.first == UInt8(ascii: "#") else { return }
    if headers.count == FollowedFile.mostHeaders { headers.removeFirst() }
    headers.append([UInt8](line))
  }

  private func text(from offset: Int, _ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, found in
      found = count > 0 ? max(0, tpc_posix_read_at(descriptor, buffer.baseAddress, count, offset)) : 0
    }
  }

  /// Of the first bytes of a text; of nothing if there are not as many.
  private static func digest(_ text: [UInt8], _ count: Int) -> TextDigest {
    guard count > 0, count <= text.count else { return TextDigest() }
    return text.withUnsafeBufferPointer { TextDigest(of: $0.part(0, count)) }
  }

  // MARK: Reading

  /// How the lines are read. `open` decides it by the first lines, once.
  func layout(_ open: (Bytes, Bytes) throws(UsageError) -> LogLayout) throws(UsageError) -> LogLayout {
    if let layout { return layout }
    var head = ByteBuffer()
    // Those that come next may be in the middle of the file.
    let isKept = firstLines.withUnsafeBufferPointer { base > 0 || reader.offset > 0 ? head.append($0) : head.append(reader.peek()) }
    guard isKept else { throw UsageError.memory }
    var name = ByteBuffer()
    _ = path.withUnsafeBufferPointer { name.append($0) }
    let opened = try open(head.bytes, name.bytes)
    for header in headers { header.withUnsafeBufferPointer { _ = try? opened.format.read($0) } }
    layout = opened
    return opened
  }

  /// The offset after the last line that was handed out.
  var readOffset: Int { base + reader.offset }

  var isCompressedFile: Bool { growing == nil }

  /// Appends what identifies the next line: the server, the file's first line, and the offset. An offset alone recurs in the next file.
  func appendIdentity(of line: LineReader.Line, at offset: Int, origin: [UInt8], to identity: inout ByteBuffer) {
    if firstLine.isEmpty {
      switch line {
      case .text(let text): firstLine = FollowedFile.name(of: text)
      case .tooLong(let text, _): firstLine = FollowedFile.name(of: text)
      default: return
      }
    }
    identity.truncate(to: 0)
    origin.withUnsafeBufferPointer { _ = identity.append($0) }
    _ = identity.append(" ")
    firstLine.withUnsafeBufferPointer { _ = identity.append($0) }
    _ = identity.append(" ")
    _ = identity.append(decimal: offset)
  }

  private func setFirstLine() {
    firstLines.withUnsafeBufferPointer { text in
      if let newline = text.firstIndex(of: 0x0A) { firstLine = FollowedFile.name(of: text.part(0, newline)) }
      else if text.count >= FilePosition.headBytes { firstLine = FollowedFile.name(of: text) }
    }
  }

  private static func name(of line: Bytes) -> [UInt8] { TextDigest(of: line.part(0, FilePosition.headBytes)).hexadecimal }

  /// Counts a line that was handed out.
  func count(_ line: LineReader.Line) {
    linesRead += 1
    quiet = Stopwatch()
    guard head.count < FilePosition.headBytes else { return }
    switch line {
    case .text(let text): head += [UInt8](text.part(0, FilePosition.headBytes)) + [0x0A]
    case .tooLong(let text, _): head += [UInt8](text.part(0, FilePosition.headBytes))
    default: return
    }
  }

  /// Notes that every line before an offset is answered for.
  func answer(through offset: Int, lines: Int) { (position.offset, position.lines) = (offset, lines) }

  var isAnswered: Bool { position.offset == readOffset }

  /// Ends the reading.
  func end() { isOver = true }

  // MARK: What became of the file

  /// Whether it has other contents now than those that were read.
  var isReplaced: Bool { growing?.isReplaced ?? false }

  func isSame(_ file: RotatedFile) -> Bool { position.device == file.device && position.inode == file.inode }

  private var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// When it was last changed, in nanoseconds.
  var changed: Int64 {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? tpc_posix_changed_ns(&status) : position.changed
  }

  /// Whether nobody has written to it for so long that nobody will, now that it is not the log any longer.
  var isAbandoned: Bool {
    var status = stat()
    let hasName = fstat(descriptor, &status) == 0 && status.st_nlink > 0
    return quiet.elapsedMilliseconds >= (hasName ? FollowedFile.quietMilliseconds : FollowedFile.namelessMilliseconds)
  }

  /// The position, with what the file is recognized by.
  func remembered() -> FilePosition {
    position.head = FollowedFile.digest(head, min(position.offset, FilePosition.headBytes, head.count))
    position.seen = max(position.seen, readOffset)
    guard let growing, !growing.isReplaced else { return position }
    position.seen = size
    position.changed = changed
    position.tail = TextDigest()
    let count = min(position.offset, FilePosition.tailBytes)
    let tail = text(from: position.offset - count, count)
    // Nothing of it may be of other contents.
    if growing.check(), tail.count == count { position.tail = FollowedFile.digest(tail, count) }
    return position
  }

  /// Goes on in a copy of what the file had before it was emptied. Whether this is one.
  func move(to copy: RotatedFile) -> Bool {
    var wanted = position
    wanted.offset = readOffset
    wanted.head = FollowedFile.digest(head, min(readOffset, FilePosition.headBytes, head.count))
    wanted.tail = TextDigest()
    guard !isSame(copy), let found = FollowedFile(copy, at: wanted, from: readOffset) else { return false }
    (found.descriptor, descriptor) = (descriptor, found.descriptor)
    (path, growing, reader, base) = (found.path, found.growing, found.reader, found.base)
    (position.device, position.inode) = (found.position.device, found.position.inode)
    return true
  }
}
