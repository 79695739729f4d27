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

  /// More files than these at a time are not being written.
  private static let mostFiles = 16
  /// How often the files are looked at anew when they are renamed at the same moment.
  private static let attempts = 5

  init(_ path: [UInt8], after positions: [FilePosition], say: @escaping ([UInt8]) -> Void) {
    self.path = path
    self.say = say
    resume(positions)
  }

  // MARK: At the start

  private func resume(_ positions: [FilePosition]) {
    let known = RotatedFiles.find(path)
    var last: RotatedFile?
    for (index, position) in positions.enumerated() {
      if let (rotated, file) = find(position, in: known) {
        files.append(file)
        last = rotated
      } else {
        last = nil
        // A file that was rotated, and read to its end, may be gone.
        if position.offset > 0, index == positions.count - 1 || position.offset < position.seen { sayGone(position) }
      }
    }
    if let position = positions.last {
      addSuccessors(of: last, changed: position.changed, known)
    } else if let own = known.last, own.isLogItself {
      add(own)
    }
    if files.isEmpty { sayMissing() }
  }

  /// Finds the file of a position: under the same number, or else by what it has.
  private func find(_ position: FilePosition, in known: [RotatedFile]) -> (RotatedFile, FollowedFile)? {
    let same = known.filter { $0.device == position.device && $0.inode == position.inode }
    // What nothing was read of has nothing to be recognized by.
    let others = position.offset > 0 ? known.filter { $0.device != position.device || $0.inode != position.inode } : []
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
    let count = files.count
    for _ in 0..<FollowedLog.attempts {
      goOn(after: current)
      if files.count > count { return true }
    }
    return false
  }

  private func goOn(after current: FollowedFile) {
    let known = RotatedFiles.find(path)
    if current.isReplaced {
      // Whoever emptied it made a copy before.
      guard !current.isOver, !known.contains(where: { !isOpen($0) && !$0.isLogItself && current.move(to: $0) }) else {
        return addSuccessors(of: known.first { current.isSame($0) }, changed: current.position.changed, known)
      }
      current.end()
      sayEmptied(current)
      return addSuccessors(of: nil, changed: Int64.max, known)
    }
    addSuccessors(of: known.first { current.isSame($0) }, changed: current.changed, known)
  }

  /// Adds the files that were rotated after one; where that is gone, those that were changed since.
  private func addSuccessors(of last: RotatedFile?, changed: Int64, _ known: [RotatedFile]) {
    for file in known where !isOpen(file) {
      if let last { if last.isOlder(than: file) { add(file) } } else if file.isLogItself || file.changed >= changed { add(file) }
    }
  }

  private func add(_ file: RotatedFile) {
    if let opened = FollowedFile(file, at: FilePosition(), from: 0) { files.append(opened) }
  }

  private func isOpen(_ file: RotatedFile) -> Bool { files.contains { $0.isSame(file) && !$0.isReplaced } }

  /// Lets go of the files that are done with. Hands those whose end has come to `finish` before, for what there is of a last line.
  func retire(_ finish: (FollowedFile) -> Bool) -> Bool {
    for file in files.dropLast() where !file.isOver {
      if file.isAbandoned || files.count > FollowedLog.mostFiles, !finish(file) { return false }
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
