// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What somebody may have meant by a name that is not known.
enum Suggestion {
  /// The error about a command that does not exist.
  static func unknownCommand(_ name: Bytes) -> UsageError {
    var message = MessageBuilder()
    message.add(name)
    message.add(": is not a command; ")
    if name.first == UInt8(ascii: "-") {
      let flag = nearest(to: bare(name), among: [[UInt8]("help"), [UInt8]("version")]) ?? [UInt8]("help")
      message.add("did you mean --")
      message.add(flag)
      message.add("?")
    } else if let command = nearest(to: name, among: Command.allCases.map { [UInt8]($0.name) } + [[UInt8]("help")]) {
      message.add("did you mean ")
      message.add(command)
      message.add("?")
    } else {
      message.add("expected ")
      for (index, command) in Command.allCases.enumerated() {
        if index > 0 { message.add(index == Command.allCases.count - 1 ? " or " : ", ") }
        message.add(command.name)
      }
    }
    return UsageError(message.text)
  }

  /// The error about a flag that the command does not have; `name` is without its dashes.
  static func unknownFlag(_ name: Bytes, of command: Command) -> UsageError {
    UsageError(flag: name, reason(name, command))
  }

  /// The error about a word with a single dash. What may be its value is not shown.
  static func unknownShortFlag(_ word: Bytes, of command: Command) -> UsageError {
    let equals = word.firstIndex(of: UInt8(ascii: "=")) ?? word.count
    let name = bare(word.part(0, equals))
    let isName = nearest(to: name, among: names(of: command)) != nil
    let shown = isName ? word.part(0, equals) : word.part(0, word.count > 3 ? 2 : 3)
    return UsageError([UInt8](shown) + [UInt8](": ") + reason(name, command))
  }

  private static func reason(_ name: Bytes, _ command: Command) -> [UInt8] {
    var message = MessageBuilder()
    message.add("is not a flag of ")
    message.add(command.name)
    if let nearest = nearest(to: name, among: names(of: command)) {
      message.add("; did you mean --")
      message.add(nearest)
      message.add("?")
    }
    return message.text
  }

  private static func bare(_ word: Bytes) -> Bytes {
    var name = word
    while name.first == UInt8(ascii: "-") { name = name.part(1, name.count) }
    return name
  }

  private static func names(of command: Command) -> [[UInt8]] {
    Flag.allCases.filter { $0.belongs(to: command) }.map { [UInt8]($0.name) }
      + Option.allCases.filter { $0.uselessness(in: command) == nil && !$0.isReplaced(in: command) }.map { OptionTable.row($0).flagName }
  }

  /// The name that takes the fewest edits, if they are few; else one that begins like this. Case and the kind of dash do not count.
  private static func nearest(to name: Bytes, among names: [[UInt8]]) -> [UInt8]? {
    guard name.count > 1, name.count <= 64 else { return nil }
    let wanted = name.map { byte -> UInt8 in
      byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
    var (best, fewest): ([UInt8]?, Int) = (nil, max(2, wanted.count / 3) + 1)
    for known in names {
      let edits = Options.editDistance(wanted, known)
      if edits < fewest, edits < known.count { (best, fewest) = (known, edits) }
    }
    return best ?? names.first { $0.starts(with: wanted) }
  }
}
