// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The texts of `--help`, made from the tables of flags and options.
struct Help {
  private let output: Output
  private let columns: Int

  init(_ output: Output) {
    self.output = output
    columns = min(max(Style.columns(of: output.descriptor) ?? 80, 60), 120)
  }

  func general() {
    output.put(
      """
      tpc-events sends page_visit events to The Prompting Company.

      Usage:
        tpc-events send --href URL [FLAGS]        send one event and print its report:
                                                  how to check a key
        tpc-events send FILE|- [FLAGS]            send JSON events, one per line
        tpc-events send --requests FILE|-         send the visits among web requests
        tpc-events check [FILE|-] [--base64]      check JSON events, one per line
        tpc-events replay LOG|- --site URL        send the visits in an access log
        tpc-events report LOG... [--html FILE]    show what AI agents read, and people
                                                  from AI answers; sends nothing
        tpc-events agents [ADDRESS] [--cron]      list the AI agents that are known,
                                                  and check where they come from
        tpc-events spool ACTION DIR               list, check, send or delete what
                                                  processes left in a spool
        tpc-events completion bash|zsh            print completion for a shell
        tpc-events help COMMAND                   show the flags of a command
        tpc-events help options                   show the options, flags as well
        tpc-events --version

      The credential comes from the environment, where other users of the machine
      cannot see it:
        export TPC_API_KEY=...
        tpc-events send --href https://example.com/


      """)
    exitCodes()
  }

  func command(_ command: Command) {
    switch command {
    case .send: output.put(Help.send)
    case .check: output.put(Help.check)
    case .replay: output.put(Help.replay)
    case .report: output.put(Help.report)
    case .agents: output.put(Help.agents)
    case .spool: output.put(Help.spool)
    case .completion: output.put(Help.completion)
    }
    output.put("\nFlags:\n")
    for flag in Flag.allCases where flag.belongs(to: command) {
      entry([UInt8](flag.name.bytes), value: flag.value.bytes, meaning: [UInt8](flag.meaning(in: command).bytes))
    }
    if command == .send {
      entry([UInt8]("client-ip"), value: Bytes("ADDRESS"), meaning: [UInt8]("the visitor's address (see also the option of this name)"))
    }
    options(of: command)
    output.put("\n")
    exitCodes()
  }

  /// `help options`: all of them.
  func options() {
    output.put(
      """
      Every option is a flag of send, replay and spool. It is also read from the
      environment variable in brackets, which the flag overrides. The default is in
      parentheses.

      Options:

      """)
    for option in Option.allCases { entry(option) }
  }

  /// The options of a command that has few; where there are many, how to find them.
  private func options(of command: Command) {
    let own = Option.allCases.filter { $0.belongs(to: command) }
    guard !own.isEmpty else { return }
    if own.count > Help.mostOptions {
      output.put(
        """

        The options of the library are flags, too, such as --base-url URL or
        --only-ai-agents. "tpc-events help options" lists them.

        """)
      return
    }
    output.put("\nOptions:\n")
    for option in own { entry(option) }
  }

  private static let mostOptions = 6

  private func exitCodes() {
    output.put(
      """
      Exit codes:
        0  all is well
        1  events were refused or rejected, or lines or files could not be read
        2  wrong usage, or a file that cannot be read or written
        3  events were not delivered: no answer, expired, abandoned, interrupted

      """)
  }

  // MARK: Entries

  static func value(of row: OptionRow) -> Bytes {
    switch row.kind {
    case .text: value(ofText: row.name.bytes)
    case .secret, .cookie: Bytes("SECRET")
    case .integer: Bytes("NUMBER")
    case .ratio: Bytes("0-1")
    case .boolean: Bytes("[=BOOLEAN]")
    case .choice(let words): words.bytes
    }
  }

  /// What the name says about the text.
  private static func value(ofText name: Bytes) -> Bytes {
    let kinds: [(ending: StaticString, value: StaticString)] = [
      ("_file", "FILE"), ("_dir", "DIR"), ("_directory", "DIR"), ("_url", "URL"),
    ]
    for (ending, value) in kinds where name.part(name.count - ending.utf8CodeUnitCount, name.count).matches(ending) { return value.bytes }
    return Bytes("TEXT")
  }

  private static func meaning(of option: Option, _ row: OptionRow) -> [UInt8] {
    var text = MessageBuilder()
    text.add(OptionMeaning.text(option))
    // What the tool calls itself.
    let standard: StaticString = option == .sdkRuntime ? "tpc-events" : row.standard
    if standard.utf8CodeUnitCount > 0 {
      text.add(" (")
      text.add(standard)
      text.add(")")
    }
    text.add(" [")
    text.add(row.environmentVariable)
    text.add("]")
    return text.text
  }

  private func entry(_ option: Option) {
    let row = OptionTable.row(option)
    entry(row.flagName, value: Help.value(of: row), meaning: Help.meaning(of: option, row))
  }

  private static let indentation = 28

  /// Writes "  --name VALUE   meaning", with the meaning in a column of its own.
  private func entry(_ name: [UInt8], value: Bytes, meaning: [UInt8]) {
    output.put("  --")
    output.put(name)
    var width = 4 + name.count
    if value.count > 0 {
      let isAttached = value[0] == UInt8(ascii: "[")
      if !isAttached { output.put(" ") }
      output.put(value)
      width += value.count + (isAttached ? 0 : 1)
    }
    if width + 2 > Help.indentation {
      newLine()
    } else {
      for _ in width..<Help.indentation { output.put(" ") }
    }
    var column = Help.indentation
    for word in meaning.split(separator: 0x20) {
      var isFirst = true
      for piece in pieces(of: word) {
        let space = isFirst && column > Help.indentation ? 1 : 0
        if column > Help.indentation, column + space + piece.count > columns {
          newLine()
          column = Help.indentation
        } else if space > 0 {
          output.put(" ")
          column += 1
        }
        output.put([UInt8](piece))
        column += piece.count
        isFirst = false
      }
    }
    output.put("\n")
  }

  /// A word that is longer than a line, such as a list without spaces, may break after its commas.
  private func pieces(of word: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    guard word.count > columns - Help.indentation else { return [word] }
    var pieces: [ArraySlice<UInt8>] = []
    var start = word.startIndex
    for (index, byte) in zip(word.indices, word) where byte == UInt8(ascii: ",") {
      pieces.append(word[start...index])
      start = index + 1
    }
    return pieces + [word[start...]]
  }

  private func newLine() {
    output.put("\n")
    for _ in 0..<Help.indentation { output.put(" ") }
  }
}
