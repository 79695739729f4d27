// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What a follower remembers: the positions in the files of each log, oldest first. Written as text, one item a line:
///
///     tpc-follow 1
///     origin DIGEST
///     log /var/log/nginx/access.log
///     file DEVICE INODE OFFSET LINES SEEN CHANGED REPETITION HEADBYTES HEADDIGEST TAILBYTES TAILDIGEST FIRSTBYTES FIRSTDIGEST
///     end
struct FollowState {
  struct Log {
    let path: [UInt8]
    var files: [FilePosition] = []
  }

  var logs: [Log] = []
  /// What tells this server's lines from those of others, in hexadecimal. It stays when the server is renamed.
  var origin: [UInt8] = []

  private static let version: StaticString = "tpc-follow 1"

  var text: [UInt8] {
    var text = MessageBuilder()
    text.add(FollowState.version)
    text.add("\norigin ")
    text.add(origin)
    for log in logs {
      text.add("\nlog ")
      text.add(log.path)
      for file in log.files {
        text.add("\nfile")
        for number in [Int(bitPattern: UInt(file.device)), Int(bitPattern: UInt(file.inode)), file.offset, file.lines, file.seen, Int(file.changed), file.repetition] {
          text.add(" ")
          text.add(number)
        }
        for digest in [file.head, file.tail, file.first] {
          text.add(" ")
          text.add(digest.length)
          text.add(" ")
          digest.append(to: &text)
        }
      }
    }
    text.add("\nend\n")
    return text.text
  }

  init() {}

  /// Nil for a text that is not a state.
  init?(_ text: Bytes) {
    var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).makeIterator()
    guard let first = lines.next(), Bytes(rebasing: first).matches(FollowState.version) else { return nil }
    while let line = lines.next() {
      let line = Bytes(rebasing: line)
      if line.matches("end") {
        if origin.isEmpty { return nil }
        return
      }
      if line.part(0, 7).matches("origin "), origin.isEmpty {
        origin = [UInt8](line.part(7, line.count))
      } else if line.part(0, 4).matches("log ") {
        logs.append(Log(path: [UInt8](line.part(4, line.count))))
      } else if line.part(0, 5).matches("file "), !logs.isEmpty, let position = FilePosition(line.part(5, line.count)) {
        logs[logs.count - 1].files.append(position)
      } else {
        return nil
      }
    }
    return nil
  }
}

extension FilePosition {
  /// Nil for a text that is not a position.
  fileprivate init?(_ text: Bytes) {
    var words: [Bytes] = []
    for word in text.split(separator: 0x20, omittingEmptySubsequences: false) { words.append(Bytes(rebasing: word)) }
    guard words.count == 13 else { return nil }
    var numbers: [Int] = []
    for word in words[..<7] {
      guard let number = FilePosition.number(word) else { return nil }
      numbers.append(number)
    }
    var digests: [TextDigest] = []
    for index in stride(from: 7, to: 13, by: 2) {
      guard let length = FilePosition.number(words[index]), let digest = FilePosition.digest(words[index + 1]) else { return nil }
      guard length >= 0, length <= FilePosition.headBytes else { return nil }
      digests.append(TextDigest(length: length, high: digest.0, low: digest.1))
    }
    device = UInt64(bitPattern: Int64(numbers[0]))
    inode = UInt64(bitPattern: Int64(numbers[1]))
    (offset, lines, seen, changed, repetition) = (numbers[2], numbers[3], numbers[4], Int64(numbers[5]), numbers[6])
    (head, tail, first) = (digests[0], digests[1], digests[2])
    guard offset >= 0, lines >= 0, seen >= 0, repetition >= 0, tail.length <= min(offset, FilePosition.tailBytes) else { return nil }
  }

  private static func number(_ text: Bytes) -> Int? {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = text.part(isNegative ? 1 : 0, text.count)
    var number = 0
    guard digits.count > 0, digits.count <= 19 else { return nil }
    for digit in digits {
      guard digit &- 0x30 < 10 else { return nil }
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooLarge) = tens.addingReportingOverflow(Int(digit &- 0x30))
      if overflow || isTooLarge { return nil }
      number = sum
    }
    return isNegative ? -number : number
  }

  private static func digest(_ text: Bytes) -> (UInt64, UInt64)? {
    var words: (UInt64, UInt64) = (0, 0)
    guard text.count == 32 else { return nil }
    for (index, byte) in text.enumerated() {
      let digit = byte &- 0x30 < 10 ? byte &- 0x30 : byte &- 0x61 < 6 ? byte &- 0x57 : 16
      guard digit < 16 else { return nil }
      if index < 16 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
    }
    return words
  }
}
