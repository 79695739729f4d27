// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// A log that is followed, with the files into which it was rotated and that are not done with yet.
final class FollowedLog {
  /// Absolute.
  let path: [UInt8]
  /// Oldest first. The last one is the log itself, if that was there.
  private(set) var files: [FollowedFile] = []
  private let say: ([UInt8]) -> Void
  private var isMissing = false
  /// The file that was told of last because its permissions forbid to read it.
  private var deniedInode: UInt64?

  /// More files than these at a time are not being written.
  private static let mostFiles = 16
  /// How often the files are looked at anew when they are renamed at the same moment, and how long after.
  private static let attempts = 100
  /// How often, at most, for a copy that has nothing yet.
  private static let copyAttempts = 20
  private static let attemptMicroseconds: UInt32 = 5_000

  init(_ path: [UInt8], after positions: [FilePosition], say: @escaping ([UInt8]) -> Void) {
    self.path = path
    self.say = say
    resume(positions)
  }

  // MARK: At the start

  private func resume(_ positions: [FilePosition]) {
    var gone: [FilePosition] = []
    for attempt in 0..<FollowedLog.attempts {
      let known = RotatedFiles.find(path)
      gone = resume(positions, known)
      let mayBeCopied = attempt < FollowedLog.copyAttempts && hasJustEmptyFile(known)
      if !mayBeCopied, RotatedFiles.isUnchanged(path, since: known) { break }
      files = []
      usleep(FollowedLog.attemptMicroseconds)
    }
    for position in gone { sayGone(position) }
    if files.isEmpty { sayMissing() }
  }

  /// Whether there is a new and empty file that may become a copy of the log: it can be told when it has its first bytes.
  private func hasJustEmptyFile(_ known: [RotatedFile]) -> Bool {
    guard let own = known.last, own.isLogItself, own.size > 0 else { return false }
    let second: Int64 = 1_000_000_000
    let now = tpc_posix_clock_ns(CLOCK_REALTIME)
    return known.contains { !$0.isLogItself && !$0.isCompressed && $0.size == 0 && now - $0.changed < second }
  }

  /// Returns the positions whose files are gone with something that was not read.
  private func resume(_ positions: [FilePosition], _ known: [RotatedFile]) -> [FilePosition] {
    var gone: [FilePosition] = []
    var last: RotatedFile?
    var changed = Int64.max
    for (index, position) in positions.enumerated() {
      if let (rotated, file) = find(position, in: known) {
        files.append(file)
        if last?.isOlder(than: rotated) ?? true { last = rotated }
      } else {
        // A file that was rotated, and read to its end, may be gone.
        guard index == positions.count - 1 || position.head.length == 0 || position.offset < position.seen else { continue }
        // It, or what came after it, is among those that were changed since.
        changed = min(changed, position.changed)
        if position.head.length > 0 { gone.append(position) }
      }
    }
    if !positions.isEmpty {
      addSuccessors(of: last, changed: changed, known)
    } else if let own = known.last, own.isLogItself {
      add(own)
    }
    return gone
  }

  /// Finds the file of a position: under the same number, or else by what it has.
  private func find(_ position: FilePosition, in known: [RotatedFile]) -> (RotatedFile, FollowedFile)? {
    // What nothing was read of has nothing to be recognized by: it is among those that were changed since.
    guard position.head.length > 0 else {
      // One that is still empty has nothing to be sent. One that was changed may be empty again: what it had is in a copy.
      let empty = known.first {
        $0.inode == position.inode && $0.device == position.device && $0.size == 0 && $0.changed == position.changed && !isOpen($0)
      }
      guard let empty else { return nil }
      return FollowedFile(empty, at: position, from: 0).map { (empty, $0) }
    }
    let same = known.filter { $0.device == position.device && $0.inode == position.inode }
    let others = known.filter { $0.device != position.device || $0.inode != position.inode }
    for candidate in same + others.filter({ !$0.isCompressed }) + others.filter({ $0.isCompressed }) {
      guard !isOpen(candidate) else { continue }
      if let file = FollowedFile(candidate, at: position, from: position.offset) { return (candidate, file) }
    }
    return nil
  }

  // MARK: While it is followed

  /// Looks for what became of the log. Whether there are more files now.
  func look() -> Bool {
    var status = stat()
    guard RotatedFiles.withName(path, { stat($0, &status) }) == 0, tpc_posix_is_regular(&status) != 0 else {
      if files.isEmpty { sayMissing() }
      return false
    }
    isMissing = false
    guard let current = files.last else {
      if let own = RotatedFiles.find(path).last, own.isLogItself { add(own) }
      return !files.isEmpty
    }
    let isSame = current.position.inode == UInt64(status.st_ino) && current.position.device == UInt64(status.st_dev)
    guard !isSame || current.isReplaced else { return false }
    let known = RotatedFiles.find(path)
    // While files are renamed, their order is unknown.
    guard RotatedFiles.isUnchanged(path, since: known) else { return false }
    let count = files.count
    goOn(after: current, known)
    return files.count > count
  }

  private func goOn(after current: FollowedFile, _ known: [RotatedFile]) {
    guard current.isReplaced else {
      let renamed = known.first { current.isSame($0) }
      return addSuccessors(of: renamed, changed: renamed == nil ? current.changed : Int64.max, known)
    }
    // Whoever emptied it made a copy before.
    let others = known.filter { !isOpen($0) && !$0.isLogItself }
    if others.contains(where: { current.move(to: $0) }) {
      return addSuccessors(of: known.first { current.isSame($0) }, changed: Int64.max, known)
    }
    current.end()
    sayEmptied(current)
    addSuccessors(of: nil, changed: Int64.max, known)
  }

  /// Adds the files that were rotated after one, those that were changed since a time, and the log itself.
  private func addSuccessors(of last: RotatedFile?, changed: Int64, _ known: [RotatedFile]) {
    let own = known.last { $0.isLogItself }
    for file in known where !isOpen(file) {
      if let own, isCopyBeingMade(file, of: own) { continue }
      if file.isLogItself || last?.isOlder(than: file) ?? false || file.changed >= changed && !isCompressedCopy(file) { add(file) }
    }
  }

  /// Whether a file is a copy of the log, which is about to be emptied: it is read as the log, and its rest as the copy, once that happened.
  private func isCopyBeingMade(_ file: RotatedFile, of own: RotatedFile) -> Bool {
    guard !file.isLogItself, !file.isCompressed, file.size <= own.size else { return false }
    // A busy log is written during the copy. Only short files of the same moment may begin alike without that.
    guard file.changed >= own.changed || file.size >= FilePosition.headBytes else { return false }
    return FollowedFile(own, at: FilePosition(), from: 0)?.sharesBeginning(with: file) ?? false
  }

  /// Whether a file is what was made of one that is open, and that has no name any longer.
  private func isCompressedCopy(_ file: RotatedFile) -> Bool {
    let second: Int64 = 1_000_000_000
    return file.isCompressed
      && files.contains { $0.isNameless && $0.changed / second == file.changed / second && $0.sharesBeginning(with: file) }
  }

  /// Looks, before the first line of the log is read, for what was in it before: a log of which nothing was read can be emptied unnoticed,
  /// and what it had is in a copy then. Nil when that cannot be told now; else whether there is something to be read first.
  func findEarlier(than file: FollowedFile) -> Bool? {
    guard !file.isFirstSeen, file === files.last else { return false }
    let known = RotatedFiles.find(path)
    guard RotatedFiles.isUnchanged(path, since: known) else { return nil }
    file.isFirstSeen = true
    var previous: RotatedFile?
    for other in files.dropLast() { previous = known.first { other.isSame($0) } ?? previous }
    let earlier = known.filter { candidate in
      guard !candidate.isLogItself, candidate.size > 0, !isOpen(candidate) else { return false }
      let isNext = previous.map { $0.isOlder(than: candidate) } ?? (candidate.changed >= file.openedChanged)
      return isNext && !isCompressedCopy(candidate) && !file.sharesBeginning(with: candidate)
    }
    let opened = earlier.map { FollowedFile($0, at: FilePosition(), from: 0) }
    var count = 0
    for one in opened {
      guard let one else { continue }
      files.insert(one, at: files.count - 1)
      count += 1
    }
    return count > 0
  }

  private func add(_ file: RotatedFile) {
    if let opened = FollowedFile(file, at: FilePosition(), from: 0) { return files.append(opened) }
    guard file.inode != deniedInode, RotatedFiles.withName(file.path, { access($0, R_OK) }) != 0, tpc_posix_errno() == EACCES else { return }
    deniedInode = file.inode
    say(file.path + [UInt8](file.isLogItself ? ": may not be read; waiting until it may" : ": may not be read; what it has is not sent"))
  }

  private func isOpen(_ file: RotatedFile) -> Bool { files.contains { $0.isSame(file) && !$0.isReplaced } }

  /// Lets go of the files that are done with. Hands those whose end has come to `finish` before, for what there is of a last line.
  func retire(_ finish: (FollowedFile) -> Bool) -> Bool {
    for file in files.dropLast() where !file.isOver {
      if file.isAbandoned() || files.count > FollowedLog.mostFiles, !finish(file) { return false }
    }
    files = files.enumerated().filter { $0.offset == files.count - 1 || !$0.element.isOver || !$0.element.isAnswered }.map { $0.element }
    return true
  }

  // MARK: Messages

  private func sayMissing() {
    guard !isMissing else { return }
    isMissing = true
    say(path + [UInt8](": is not there yet; waiting for it"))
  }

  private func sayGone(_ position: FilePosition) {
    var message = MessageBuilder()
    message.add(path)
    message.add(": the file that was read up to line ")
    message.add(Digits.grouped(position.lines))
    message.add(" is neither here nor beside it; what else it had is not sent")
    say(message.text)
  }

  private func sayEmptied(_ file: FollowedFile) {
    var message = MessageBuilder()
    message.add(path)
    message.add(": was emptied after line ")
    message.add(Digits.grouped(file.linesRead))
    message.add(", and there is no copy of it; if it had more, that is not sent")
    say(message.text)
  }
}
