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
  /// How much of the first lines was seen when they did not tell how they are read.
  private var unclearBytes = 0
  /// The first lines, and all lines that begin with `#`, where the reading begins after them.
  private(set) var firstLines: [UInt8] = []
  private(set) var headers: [[UInt8]] = []
  private(set) var linesRead: Int
  /// When it was changed last before it was opened, in nanoseconds.
  let openedChanged: Int64
  /// Whether it is known that nothing was before its first line that is elsewhere by now.
  var isFirstSeen = false
  /// Whether nothing more is read of it.
  private(set) var isOver = false

  private var descriptor: Int32
  /// Nil for a compressed file.
  private var growing: GrowingSource?
  /// Where in the text the reader began.
  private var base: Int
  /// The beginning of the text, as far as it was read.
  private var head: [UInt8] = []
  /// What every id of the file's lines is made of; empty before the first line.
  private var name: [UInt8] = []
  /// Since when nothing was read.
  private var quiet = Stopwatch()
  private var isQuiet = false

  private static let firstLinesBytes = 64 * 1024
  /// After how many lines that are in no known format no more are waited for. Servers write headers, and what they do when they start.
  private static let mostUnclearLines = 20
  private static let mostHeaders = 16
  /// For how long nobody may write to a file that is not the log any longer, or that has no name any longer, before it is let go.
  private static let quietMilliseconds = 3_600_000
  private static let namelessMilliseconds = 60_000

  /// Opens a file to be read from an offset on, if it has what the position is recognized by. Nil otherwise.
  init?(_ file: RotatedFile, at position: FilePosition, from offset: Int) {
    let opened = RotatedFiles.withName(file.path) { tpc_posix_open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0) }
    guard opened >= 0 else { return nil }
    path = file.path
    openedChanged = file.changed
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
    guard FollowedFile.isCompressed(opened) ? beginInflating(position, offset) : begin(position, offset) else { return nil }
  }

  deinit { close(descriptor) }

  static func isCompressed(_ descriptor: Int32) -> Bool {
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
    // Known before anything is read, so that it is found again in any case.
    self.position.head = FollowedFile.digest(firstLines, min(FilePosition.headBytes, firstLines.count))
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

  private func beginInflating(_ position: FilePosition, _ offset: Int) -> Bool {
    firstLines = FollowedFile.text(inflatedFrom: descriptor, FollowedFile.firstLinesBytes)
    guard FollowedFile.digest(firstLines, position.head.length) == position.head else { return false }
    head = [UInt8](firstLines.prefix(min(offset, FilePosition.headBytes)))
    reader = LineReader(DetectedSource(descriptor, InputWait()), limit: LogLine.longest, isGrowing: true)
    base = 0
    while reader.offset < offset {
      switch reader.next() {
      case .text(let line): keepHeader(line)
      case .tooLong: break
      case .end, .failed, .damaged, .stopped: return false
      }
    }
    return reader.offset == offset
  }

  /// The beginning of what a compressed file holds.
  private static func text(inflatedFrom descriptor: Int32, _ count: Int) -> [UInt8] {
    let source = DetectedSource(descriptor, InputWait())
    let text = [UInt8](unsafeUninitializedCapacity: count) { buffer, found in
      found = 0
      while found < count, let start = buffer.baseAddress, case .bytes(let more) = source.read(start + found, count - found) { found += more }
    }
    lseek(descriptor, 0, SEEK_SET)
    return text
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
    // Those that come next may be in the middle of the file, whose beginning may be one long line.
    let isAtStart = base == 0 && reader.offset == 0 || !firstLines.contains(0x0A)
    let isKept = firstLines.withUnsafeBufferPointer { isAtStart ? head.append(reader.peek()) : head.append($0) }
    guard isKept else { throw UsageError.memory }
    var name = ByteBuffer()
    _ = path.withUnsafeBufferPointer { name.append($0) }
    let opened = try open(head.bytes, name.bytes)
    for header in headers { header.withUnsafeBufferPointer { _ = try? opened.format.read($0) } }
    layout = opened
    return opened
  }

  /// Whether more lines have to be waited for, since those that are there do not tell how the file is read. What is decided holds for all of the file.
  /// Says so once.
  func isUnclear(_ isClear: (Bytes) -> Bool, say: ([UInt8]) -> Void) -> Bool {
    guard base == 0, reader.offset == 0 else { return false }
    var lines = reader.peek()
    if unclearBytes > 0 {
      lines = reader.peekMore()
      if lines.count == unclearBytes { return true }
    }
    if isClear(lines) { return false }
    let count = lines.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    guard count < FollowedFile.mostUnclearLines, lines.count < FollowedFile.firstLinesBytes else { return false }
    if unclearBytes == 0 { say(path + [UInt8](": begins with nothing that tells its format; waiting for more lines")) }
    unclearBytes = lines.count
    return true
  }

  /// The offset after the last line that was handed out.
  var readOffset: Int { base + reader.offset }

  var isCompressedFile: Bool { growing == nil }

  var isNamed: Bool { !name.isEmpty }

  /// Names the file by its first line, which is the next one unless lines were read before, and by how many of the log's other files
  /// began with the same line.
  func setName(_ line: LineReader.Line, besides others: [FollowedFile], origin: [UInt8]) {
    if position.first.length == 0 {
      switch line {
      case .text(let text): position.first = FollowedFile.first(text)
      case .tooLong(let text, _): position.first = FollowedFile.first(text)
      default: return
      }
      for other in others where other !== self && other.position.first == position.first {
        position.repetition = max(position.repetition, other.position.repetition + 1)
      }
    }
    var text = MessageBuilder()
    text.add(origin)
    text.add(" ")
    position.first.append(to: &text)
    text.add(" ")
    text.add(position.repetition)
    text.add(" ")
    name = text.text
  }

  /// Appends what identifies a line: the server, the file and the offset. An offset alone recurs in the next file.
  func appendIdentity(at offset: Int, to identity: inout ByteBuffer) {
    identity.truncate(to: 0)
    name.withUnsafeBufferPointer { _ = identity.append($0) }
    _ = identity.append(decimal: offset)
  }

  private static func first(_ line: Bytes) -> TextDigest {
    var digest = TextDigest(of: line.part(0, FilePosition.headBytes))
    // That of an empty line is known, too.
    digest.length = max(1, digest.length)
    return digest
  }

  /// Counts a line that was handed out.
  /// Returns whether more is known now by which the file is recognized.
  func count(_ line: LineReader.Line) -> Bool {
    linesRead += 1
    isQuiet = false
    if head.isEmpty, !hasBeginning(line) { (position.head, firstLines) = (TextDigest(), []) }
    guard head.count < FilePosition.headBytes else { return false }
    switch line {
    case .text(let text): head += [UInt8](text.part(0, FilePosition.headBytes)) + [0x0A]
    case .tooLong(let text, _): head += [UInt8](text.part(0, FilePosition.headBytes))
    default: return false
    }
    return position.head.length == 0
  }

  /// Whether the file still began with what it began with when it was opened, now that its first line is read.
  private func hasBeginning(_ line: LineReader.Line) -> Bool {
    switch line {
    case .text(let text), .tooLong(let text, _):
      let common = min(text.count, firstLines.count)
      return firstLines.withUnsafeBufferPointer { $0.part(0, common).matches(text.part(0, common)) }
    default: return true
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

  /// Whether a file begins like this one, as far as both go: a copy that was made of it, or is being made.
  func sharesBeginning(with other: RotatedFile) -> Bool {
    let mine = head.isEmpty ? [UInt8](reader.peek().part(0, FilePosition.headBytes)) : [UInt8](head.prefix(FilePosition.headBytes))
    guard let opened = FollowedFile(other, at: FilePosition(), from: 0) else { return false }
    let common = min(mine.count, opened.firstLines.count)
    return common > 0 && mine.prefix(common).elementsEqual(opened.firstLines.prefix(common))
  }

  /// Whether it has no name any longer.
  var isNameless: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink == 0
  }

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
  func isAbandoned() -> Bool {
    if !isQuiet { (isQuiet, quiet) = (true, Stopwatch()) }
    return quiet.elapsedMilliseconds >= (isNameless ? FollowedFile.namelessMilliseconds : FollowedFile.quietMilliseconds)
  }

  /// The position, with what the file is recognized by.
  func remembered() -> FilePosition {
    let known = min(FilePosition.headBytes, head.count)
    if known > position.head.length { position.head = FollowedFile.digest(head, known) }
    position.seen = max(position.seen, readOffset)
    // Whatever is rotated after that may hold what was not read.
    position.changed = position.head.length == 0 ? openedChanged : changed
    guard let growing, !growing.isReplaced else { return position }
    position.seen = size
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
    wanted.head = FollowedFile.digest(head, min(FilePosition.headBytes, head.count))
    wanted.tail = TextDigest()
    // A copy of what was not read has its beginning.
    guard !isSame(copy), !head.isEmpty || sharesBeginning(with: copy), let found = FollowedFile(copy, at: wanted, from: readOffset) else { return false }
    (found.descriptor, descriptor) = (descriptor, found.descriptor)
    (path, growing, reader, base) = (found.path, found.growing, found.reader, found.base)
    (position.device, position.inode) = (found.position.device, found.position.inode)
    return true
  }
}
