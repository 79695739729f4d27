// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// What the command line says: what this program needs, and the flags of `tpc-events replay`, which are handed on as they are.
/// Texts are the process's arguments, which last as long as the process.
struct ConsumeArguments {
  typealias Word = UnsafeMutablePointer<CChar>

  private(set) var brokers: Word?
  private(set) var topics: [Word] = []
  private(set) var group: Word?
  /// The values of -X, as key=value.
  private(set) var settings: [Word] = []
  private(set) var settingsFile: Word?
  /// For `tpc-events replay`.
  private(set) var rest: [Word] = []
  private(set) var wantsHelp = false
  private(set) var wantsVersion = false

  /// `words` come after the program's name.
  init(_ words: [Word]) throws(Refusal) {
    guard let command = words.first else { throw Refusal(Message("needs a command; expected consume, or --help")) }
    let name = Bytes(cString: command)
    wantsHelp = name.matches("--help") || name.matches("-h") || name.matches("help")
    wantsVersion = name.matches("--version")
    if wantsHelp || wantsVersion { return }
    guard name.matches("consume") else {
      throw Refusal(Message("").with(name).with(": is not a command; expected consume"))
    }
    var index = 1
    while index < words.count { index += try take(words, at: index) }
    if wantsHelp || wantsVersion { return }
    guard brokers != nil else { throw Refusal(Message("consume needs --brokers with one broker or several, such as kafka.example.com:9092")) }
    guard !topics.isEmpty else { throw Refusal(Message("consume needs --topic with the topic that the log's lines are in")) }
    guard group != nil else { throw Refusal(Message("consume needs --group with the name of the consumer group")) }
  }

  /// Takes a word, and the next one where that is its value. Returns how many words these are.
  private mutating func take(_ words: [Word], at index: Int) throws(Refusal) -> Int {
    let word = Bytes(cString: words[index])
    wantsHelp = wantsHelp || word.matches("--help") || word.matches("-h")
    wantsVersion = wantsVersion || word.matches("--version")
    for flag in Flag.allCases {
      if word.matches(flag.name) {
        guard index + 1 < words.count else { throw Refusal(Message("").with(flag.name).with(": expected a value after it")) }
        set(flag, words[index + 1])
        return 2
      }
      let name = flag.name.bytes
      // -Xkey=value and --topic=name.
      let attached = flag == .setting ? name.count : name.count + 1
      guard word.count >= attached, word.part(0, name.count).matches(name) else { continue }
      guard flag == .setting || word[name.count] == UInt8(ascii: "=") else { continue }
      set(flag, words[index] + attached)
      return 1
    }
    rest.append(words[index])
    return 1
  }

  private enum Flag: CaseIterable {
    case brokers, topic, group, setting, settingsFile

    var name: StaticString {
      switch self {
      case .brokers: "--brokers"
      case .topic: "--topic"
      case .group: "--group"
      case .setting: "-X"
      case .settingsFile: "--settings"
      }
    }
  }

  private mutating func set(_ flag: Flag, _ value: Word) {
    switch flag {
    case .brokers: brokers = value
    case .topic: topics.append(value)
    case .group: group = value
    case .settingsFile: settingsFile = value
    case .setting:
      // Other users of the machine can read a process's arguments, and a setting may be a password.
      settings.append(strdup(value))
      memset(value, Int32(UInt8(ascii: "*")), strlen(value))
    }
  }
}
