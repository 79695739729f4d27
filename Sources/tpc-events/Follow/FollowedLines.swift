// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The lines of logs that are being written, for as long as they are. The state says which of them are answered for, and nothing is kept
/// elsewhere: the logs are the queue.
///
/// The files are looked at four times a second, and more often while lines come or answers do. inotify would save these calls, and miss what happens on network file systems and what
/// another container writes.
final class FollowedLines: InputLines {
  private var logs: [FollowedLog] = []
  private let file: StateFile
  private let origin: [UInt8]
  /// The lines that were handed out and are not answered for: for each the file, and the position after it.
  private var marks: [(number: Int, file: FollowedFile, offset: Int, lines: Int)] = []
  private var firstMark = 0
  /// How many of them there are at most before they become fewer.
  private var mostMarks = FollowedLines.mostMarks
  /// After which line the reading turned to which file, and the number of that line there.
  private var turns: [(after: Int, file: FollowedFile, lines: Int)] = []
  private var current: FollowedFile?
  private var identity = ByteBuffer()
  private var isSaved = true
  /// When the state may be written again, in nanoseconds.
  private var nextSave: Int64 = 0
  private var hasFailed = false
  /// Twice as long after each in which nothing came.
  private var pauseMilliseconds = FollowedLines.shortestPause

  /// Called when the reading turns to another file, before its next line.
  var turnsTo: (FollowedFile) throws(UsageError) -> Void = { (_) throws(UsageError) in }
  /// Whether first lines tell how a file is read.
  var isClear: (Bytes) -> Bool = { _ in true }
  /// Called before a message.
  var willSay: () -> Void = {}

  private static let shortestPause: Int32 = 8
  private static let longestPause: Int32 = 250
  /// Writing the state takes at most a fifth of the time.
  private static let saveShare: Int64 = 4
  private static let saveNanoseconds: Int64 = 10_000_000
  /// How many lines of a file are read before the other logs have their turn.
  private static let batch = 1000
  private static let mostMarks = 1 << 17

  /// Begins with the logs after what the state says, or else with their first lines.
  init(_ operands: [Bytes], state path: Bytes) throws(UsageError) {
    var paths: [[UInt8]] = []
    for operand in operands {
      guard !operand.matches("-") else { throw UsageError("--follow: found standard input, which is read to its end anyway; expected logs") }
      let path = try FollowedLines.checked(operand)
      if !paths.contains(path) { paths.append(path) }
    }
    try FollowedLines.checkRotated(among: paths)
    try FollowedLines.check(state: path, besides: paths)
    file = try StateFile(path)
    let state = file.state ?? FollowState()
    origin = file.state == nil ? ServerOrigin.make() : state.origin
    for log in state.logs where !paths.contains(log.path) { throw FollowedLines.foreign(log.path) }
    super.init()
    for path in paths {
      let positions = state.logs.first { $0.path == path }?.files ?? []
      logs.append(FollowedLog(path, after: positions) { self.say($0) })
    }
    // From now on, the origin is known.
    let error = file.write(self.state)
    if error != 0 { throw UsageError(file.failure(error), isAboutArguments: false) }
  }

  /// The absolute path of a log that is there and can be read, or that is not there yet.
  private static func checked(_ operand: Bytes) throws(UsageError) -> [UInt8] {
    let path = SpoolFolder.absolute([UInt8](operand))
    guard !path.contains(0x0A) else { throw UsageError("--follow: found a log with a newline in its name; expected another name") }
    let descriptor = Input.open(operand, flags: O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    if descriptor < 0, tpc_posix_errno() == ENOENT {
      guard !LogFiles.isPattern(operand) else {
        throw UsageError([UInt8]("--follow: found no file ") + [UInt8](operand) + [UInt8]("; expected the names of logs, not patterns"))
      }
      return path
    }
    guard descriptor >= 0 else { throw .cannot("open", operand, error: tpc_posix_errno()) }
    defer { close(descriptor) }
    guard !FollowedFile.isCompressed(descriptor) else {
      throw UsageError([UInt8]("--follow: ") + [UInt8](operand) + [UInt8](" is compressed, and nothing is added to it; replay it without --follow"))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, tpc_posix_is_regular(&status) != 0 else {
      throw UsageError([UInt8]("--follow: ") + [UInt8](operand) + [UInt8](" is not a regular file; expected the file that the server writes"))
    }
    return path
  }

  /// A log's rotated files are found by themselves: followed as well, each line would be sent twice.
  private static func checkRotated(among paths: [[UInt8]]) throws(UsageError) {
    for path in paths {
      guard let log = paths.first(where: { $0 != path && RotatedFiles.isRotated(path, from: $0) }) else { continue }
      throw UsageError([UInt8]("--follow: found ") + path + [UInt8](", a rotated file of ") + log + [UInt8]("; expected only logs, whose rotated files are found"))
    }
  }

  /// The state would take the place of a log.
  private static func check(state: Bytes, besides paths: [[UInt8]]) throws(UsageError) {
    let path = SpoolFolder.absolute([UInt8](state))
    var (mine, theirs) = (stat(), stat())
    let isThere = !path.isEmpty && RotatedFiles.withName(path, { stat($0, &mine) }) == 0
    for log in paths {
      let isSame = isThere && RotatedFiles.withName(log, { stat($0, &theirs) }) == 0 && mine.st_ino == theirs.st_ino && mine.st_dev == theirs.st_dev
      guard !isSame, path != log, !RotatedFiles.isRotated(path, from: log) else {
        throw UsageError(flag: Bytes("state"), [UInt8]("found a log, or a rotated file of one; expected a file of its own"))
      }
    }
  }

  private static func foreign(_ path: [UInt8]) -> UsageError {
    UsageError(flag: Bytes("state"), [UInt8]("found the position of ") + path + [UInt8](", which is not among the logs; expected a state of its own for other logs"))
  }

  // MARK: Reading

  override func forEach(_ take: (InputLine) -> Bool) throws(UsageError) {
    while true {
      var isIdle = true
      for log in logs {
        for file in log.files where !file.isOver {
          var found = 0
          while found < FollowedLines.batch, let goesOn = try handNext(of: file, take) {
            guard goesOn else { return }
            found += 1
          }
          if found > 0 { (isIdle, pauseMilliseconds) = (false, FollowedLines.shortestPause) }
        }
      }
      guard wait.whileWaiting() else { return }
      if isIdle, !look() {
        guard retire(take) else { return }
        pause()
      }
    }
  }

  /// Hands out the next whole line of a file. Nil when there is none for now.
  private func handNext(of file: FollowedFile, _ take: (InputLine) -> Bool) throws(UsageError) -> Bool? {
    if file !== current || !file.isBegun {
      if !file.isBegun {
        // It is unreadable whatever the format is.
        if file.reader.isInLongLine { return handLong(of: file, take) }
        guard !file.reader.peek().isEmpty else { return file.reader.isInLongLine ? nil : endOfCompressed(file, take) }
        if isGrowing(file), file.isUnclear(isClear, say: { say($0) }) { return nil }
      }
      if !file.isFirstSeen, file.readOffset == 0 {
        for log in logs where log.files.contains(where: { $0 === file }) {
          // The next round reads what was found first.
          if log.findEarlier(than: file) != false { return nil }
        }
      }
      try turnsTo(file)
      (current, _) = (file, turns.append((count, file, file.linesRead)))
    }
    let offset = file.readOffset
    let line = file.reader.next()
    switch line {
    case .text, .tooLong: return hand(line, of: file, at: offset, take)
    case .end: return endOfCompressed(file, take)
    case .damaged(let reason):
      say(file.path + [UInt8](" ") + [UInt8](reason))
      file.end()
      return nil
    case .failed(let error): throw file.path.withUnsafeBufferPointer { UsageError.cannot("read", $0, error: error) }
    case .stopped: return false
    }
  }

  /// Whether a file is the log itself, to which lines are still written.
  private func isGrowing(_ file: FollowedFile) -> Bool { !file.isCompressedFile && logs.contains { $0.files.last === file } }

  /// Hands out the long line with which a file begins, once its end is there. Nil until then.
  private func handLong(of file: FollowedFile, _ take: (InputLine) -> Bool) -> Bool? {
    let offset = file.readOffset
    let line = file.reader.next()
    guard case .tooLong = line else { return endOfCompressed(file, take) }
    (current, _) = (file, turns.append((count, file, file.linesRead)))
    return hand(line, of: file, at: offset, take)
  }

  private func hand(_ line: LineReader.Line, of file: FollowedFile, at offset: Int, _ take: (InputLine) -> Bool) -> Bool {
    if !file.isNamed {
      for log in logs where log.files.contains(where: { $0 === file }) { file.setName(line, besides: log.files, origin: origin) }
    }
    file.appendIdentity(at: offset, to: &identity)
    if file.count(line) { isSaved = false }
    marks.append((count + 1, file, file.readOffset, file.linesRead))
    if marks.count - firstMark >= mostMarks { thinMarks() }
    return hand(line, of: file.reader, identity: identity.bytes, to: take) ?? true
  }

  /// A compressed file does not grow.
  private func endOfCompressed(_ file: FollowedFile, _ take: (InputLine) -> Bool) -> Bool? {
    guard file.isCompressedFile else { return nil }
    return finish(file, take) ? nil : false
  }

  /// Hands out what there is of a last line, since no newline will come. `false` when the reading is to end.
  private func finish(_ file: FollowedFile, _ take: (InputLine) -> Bool) -> Bool {
    file.end()
    let offset = file.readOffset
    let line = file.reader.takeUnfinished()
    switch line {
    case .text, .tooLong:
      if file !== current {
        guard (try? turnsTo(file)) != nil else { return false }
        (current, _) = (file, turns.append((count, file, file.linesRead)))
      }
      return hand(line, of: file, at: offset, take)
    case .end, .damaged, .failed, .stopped: return true
    }
  }

  private func look() -> Bool {
    var hasMore = false
    for log in logs where log.look() { hasMore = true }
    return hasMore
  }

  private func retire(_ take: (InputLine) -> Bool) -> Bool {
    for log in logs where !log.retire({ finish($0, take) }) { return false }
    return true
  }

  private func pause() {
    var signal = pollfd(fd: wait.wakeDescriptor, events: Int16(POLLIN), revents: 0)
    _ = poll(&signal, 1, pauseMilliseconds)
    pauseMilliseconds = min(pauseMilliseconds * 2, FollowedLines.longestPause)
  }

  // MARK: Answers

  override func answered(through number: Int) {
    while firstMark < marks.count, marks[firstMark].number <= number {
      let mark = marks[firstMark]
      mark.file.answer(through: mark.offset, lines: mark.lines)
      firstMark += 1
      isSaved = false
      pauseMilliseconds = FollowedLines.shortestPause
    }
    if firstMark == marks.count {
      marks.removeAll(keepingCapacity: true)
      firstMark = 0
    } else if firstMark >= 1024, firstMark * 2 >= marks.count {
      marks.removeFirst(firstMark)
      firstMark = 0
    }
    while turns.count > 1, turns[1].after <= number { turns.removeFirst() }
    if !isSaved, tpc_posix_clock_ns(CLOCK_MONOTONIC) >= nextSave { save() }
  }

  /// Leaves out every second position in a file. During an outage, any number of other lines may follow one that is a visit.
  private func thinMarks() {
    var kept: [(number: Int, file: FollowedFile, offset: Int, lines: Int)] = []
    for index in firstMark..<marks.count {
      let isNeeded = index % 2 == 0 || index + 1 == marks.count || marks[index + 1].file !== marks[index].file
      if isNeeded { kept.append(marks[index]) }
    }
    (marks, firstMark) = (kept, 0)
    mostMarks = max(FollowedLines.mostMarks, kept.count * 2)
  }

  private func save() {
    let begun = tpc_posix_clock_ns(CLOCK_MONOTONIC)
    let error = file.write(state)
    let ended = tpc_posix_clock_ns(CLOCK_MONOTONIC)
    nextSave = ended + max(FollowedLines.saveNanoseconds, (ended - begun) * FollowedLines.saveShare)
    isSaved = error == 0
    if error != 0, !hasFailed { say(file.failure(error) + [UInt8]("; what is delivered until that works is sent once more, with the same ids, after a restart")) }
    hasFailed = error != 0
  }

  private var state: FollowState {
    var state = FollowState()
    state.origin = origin
    for log in logs { state.logs.append(FollowState.Log(path: log.path, files: log.files.map { $0.remembered() })) }
    return state
  }

  /// Writes the last position. `false` when that failed, which has been reported.
  func finish() -> Bool {
    if !isSaved { save() }
    return isSaved
  }

  // MARK: For people

  override func place(of number: Int) -> LinePlace {
    var found: (after: Int, file: FollowedFile, lines: Int)?
    for turn in turns where turn.after < number { found = turn }
    guard let found else { return super.place(of: number) }
    // It lasts until the message is written.
    placeName = ByteBuffer()
    _ = found.file.path.withUnsafeBufferPointer { placeName.append($0) }
    return LinePlace(file: placeName.bytes, number: found.lines + number - found.after)
  }

  private var placeName = ByteBuffer()

  override func isRead(_ descriptor: Int32) -> Bool {
    var theirs = stat()
    guard fstat(descriptor, &theirs) == 0 else { return false }
    var own = stat()
    // One that was not there may be by now.
    for log in logs where RotatedFiles.withName(log.path, { stat($0, &own) }) == 0 {
      if own.st_ino == theirs.st_ino, own.st_dev == theirs.st_dev { return true }
    }
    return logs.contains { $0.files.contains { $0.position.inode == UInt64(theirs.st_ino) && $0.position.device == UInt64(theirs.st_dev) } }
  }

  private func say(_ message: [UInt8]) {
    willSay()
    Output.error.say(message)
  }
}
