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

  private static let send: StaticString = """
    Usage: tpc-events send --href URL [FLAGS]
           tpc-events send FILE|- [FLAGS]
           tpc-events send --requests FILE|- [FLAGS]
           tpc-events send FILE|- --spool DIR

    Sends one event and prints its report, or sends the JSON events of a file, one a
    line (- is standard input), or a file that --rejected has written. With
    --requests, each line is a web request instead, and the visits among them are
    sent as they come. With --spool, the events are only written to disk, for
    "tpc-events spool drain" or a server with the same spool to send. Put the
    credential into the environment (TPC_API_KEY): other users of the machine can
    see a command's arguments.

    """

  private static let check: StaticString = """
    Usage: tpc-events check [FILE|-] [--base64]

    Checks JSON events, one per line, and sends nothing. For each line it prints
    "valid", or "invalid", a JSON pointer to the faulty member and a message,
    separated by tabs. An empty line and a line longer than max_event_bytes are
    invalid.

    """

  private static let replay: StaticString = """
    Usage: tpc-events replay LOG...|- --site URL [FLAGS]
           tpc-events replay --follow --state FILE LOG... --site URL [FLAGS]

    Sends the page visits of an access log of Apache or nginx in common, combined or
    vhost_combined format: GET and HEAD requests that were answered with a page or
    304, but not those for assets, robots.txt, sitemaps, feeds and health checks. A
    line that names its virtual host is a visit to that host, with the scheme of
    --site. Replaying a log again sends the same event ids. With --event-id request,
    a request's id at the end of its line, after the user agent, gives the event the
    id that it has wherever else the request is seen.

    Logs are files, also compressed ones (gzip, zstd), folders, and patterns in
    quotes; they are read in the order of time. With --follow, they are the files
    that servers write, by name; what is added to them is sent until SIGTERM or
    Ctrl-C, through rotations and outages, and the next run goes on from there.

        tpc-events replay 'access.log*' --site https://example.com

    """

  private static let report: StaticString = """
    Usage: tpc-events report LOG... [--html FILE] [FLAGS]

    Shows what AI agents, and people who came from AI answers, read: who, what, when, what
    they did not find, and who only pretends to be an agent. It reads the logs that "replay"
    reads, sends nothing and needs no credential. With --ai-ranges-dir it tells agents from
    those who use their names. With --html it writes one page that needs no connection.
    No visitor's address is in a report, and no query of a URL.

        tpc-events report access.log access.log.1 --html report.html

    """

  private static let agents: StaticString = """
    Usage: tpc-events agents
           tpc-events agents --ai-ranges-dir FOLDER [ADDRESS]
           tpc-events agents --ai-ranges-dir FOLDER --cron

    Lists the AI agents that are known: name, operator, purpose, and where the
    operator publishes the agent's networks, separated by tabs. With a folder of
    such lists, it checks them: for each file the name, how many networks it has,
    its age in days, and "ok", "old" or "unknown" (neither an agent nor an operator
    has the name); with an address, it prints the agents that the lists tell
    something about, and true or false. With --cron, it prints lines for crontab(1)
    that fetch the lists every day.

        tpc-events agents --cron --ai-ranges-dir /var/lib/tpc/agents | crontab -

    """

  private static let spool: StaticString = """
    Usage: tpc-events spool list DIR [--events]
           tpc-events spool check DIR
           tpc-events spool drain DIR [--follow] [--all] [FLAGS]
           tpc-events spool purge DIR --older AGE|--all

    Looks into the folder that the option spool_directory names, in which processes
    keep events until these are answered for, and empties it.

    "list" shows each file: whether the process that writes it, and whoever sends
    what is in it, are alive, the process that began it, how many events are pending
    and have ended, the age of the oldest, and its size. It shows no contents
    without --events.

    "check" reads everything and changes nothing. It names damaged and foreign
    files.

    "drain" sends what processes have left and what those with spool_sender=never or
    shared write. It takes the events of its own endpoint and account, as the
    credential and the options organization_id and product_id have it. With --all it
    sends those of every other account to this one, too: use it after a change of
    the key, and not where two sites share the folder.

    "purge" deletes events forever. It leaves alone what a process is using.

    As root, "drain" and "purge" become the user that DIR belongs to. Run by anybody
    else, they refuse the folder of another user.

        tpc-events spool drain --follow /var/lib/tpc

    """

  private static let completion: StaticString = """
    Usage: tpc-events completion bash|zsh

    Prints a script that completes commands, flags and their values in a shell. An
    installation brings both. Without one, add a line to ~/.bashrc or ~/.zshrc:

        source <(tpc-events completion bash)
        source <(tpc-events completion zsh)

    """

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
