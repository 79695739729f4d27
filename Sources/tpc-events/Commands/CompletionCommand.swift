// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `completion`: the scripts by which shells complete the tool's commands, flags and values, made from its own tables.
struct CompletionCommand {
  private let isForZsh: Bool
  private let output = Output.standard

  init(_ arguments: Arguments) throws(UsageError) {
    guard let shell = arguments.operands.first, arguments.operands.count == 1, shell.matches("bash") || shell.matches("zsh") else {
      throw UsageError("completion takes the name of a shell: bash or zsh")
    }
    isForZsh = shell.matches("zsh")
  }

  func run() throws(UsageError) -> ExitCode {
    if isForZsh { zsh() } else { bash() }
    return .success
  }

  // MARK: The tables

  private struct Name {
    let text: [UInt8]
    /// What the help calls its value; empty without one.
    let value: [UInt8]
    let meaning: [UInt8]
    /// Whether a value may follow as a word of its own.
    let takesWord: Bool
    let isRepeatable: Bool
  }

  private static func names(of command: Command) -> [Name] {
    let flags = Flag.allCases.filter { $0.belongs(to: command) }.map { flag in
      Name(
        text: [UInt8](flag.name), value: [UInt8](flag.value), meaning: [UInt8](flag.meaning(in: command)),
        takesWord: flag.value.utf8CodeUnitCount > 0, isRepeatable: flag == .property)
    }
    let options = Option.allCases.filter { $0.uselessness(in: command) == nil && !$0.isReplaced(in: command) }.map { option in
      let row = OptionTable.row(option)
      return Name(
        text: row.flagName, value: [UInt8](Help.value(of: row)), meaning: [UInt8](OptionMeaning.text(option)),
        takesWord: !row.isBoolean, isRepeatable: false)
    }
    return flags + options
  }

  /// What follows a command, other than files.
  private static func operands(of command: Command) -> StaticString {
    switch command {
    case .send, .check, .replay, .report, .agents: ""
    case .spool: "list check drain purge"
    case .completion: "bash zsh"
    }
  }

  private static func takesFiles(_ value: [UInt8]) -> Bool { value == [UInt8]("FILE") }

  private static func isChoice(_ value: [UInt8]) -> Bool { value.contains(UInt8(ascii: "|")) }

  private static func words(of choice: [UInt8]) -> [UInt8] { choice.map { $0 == UInt8(ascii: "|") ? 0x20 : $0 } }

  // MARK: bash

  private func bash() {
    output.put(
      """
      # Completion of tpc-events for bash.
      _tpc_events() {
        local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=
        COMPREPLY=()
        if [ "$COMP_CWORD" = 1 ]; then
          words='help
      """)
    for command in Command.allCases { put(" ", command.name) }
    output.put(" --help --version'\n  else\n    case ${COMP_WORDS[1]}:$before in\n")
    for command in Command.allCases { bashValues(of: command) }
    output.put("      help:help) words='options")
    for command in Command.allCases { put(" ", command.name) }
    output.put("' ;;\n")
    for command in Command.allCases {
      output.put("      ")
      output.put(command.name)
      output.put(":*) words='")
      output.put(CompletionCommand.operands(of: command))
      for name in CompletionCommand.names(of: command) { put(" --", name.text) }
      output.put("' ;;\n")
    }
    output.put(
      """
          esac
          # Files are what an empty word is most likely to be.
          case $current in -*) ;; *) words=$(printf '%s\\n' $words | grep -v '^-') ;; esac
        fi
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
      }
      complete -o default -F _tpc_events tpc-events

      """)
  }

  /// What follows a flag: words to choose from, folders, files (by complete's own default), or nothing that is known.
  private func bashValues(of command: Command) {
    let names = CompletionCommand.names(of: command).filter { $0.takesWord }
    for name in names where CompletionCommand.isChoice(name.value) {
      bash([name], of: command)
      output.put("words='")
      output.put(CompletionCommand.words(of: name.value))
      output.put("' ;;\n")
    }
    let (folders, files) = (names.filter { $0.value == [UInt8]("DIR") }, names.filter { CompletionCommand.takesFiles($0.value) })
    let others = names.filter { name in
      !CompletionCommand.isChoice(name.value) && name.value != [UInt8]("DIR") && !CompletionCommand.takesFiles(name.value)
    }
    if bash(folders, of: command) { output.put("compopt -o dirnames +o default; return ;;\n") }
    if bash(files, of: command) { output.put("return ;;\n") }
    if bash(others, of: command) { output.put("compopt +o default; return ;;\n") }
  }

  /// The pattern of a case. `false` when there are no names.
  @discardableResult
  private func bash(_ names: [Name], of command: Command) -> Bool {
    for (index, name) in names.enumerated() {
      put(index == 0 ? "      " : "|", command.name)
      put(":--", name.text)
    }
    if !names.isEmpty { output.put(") ") }
    return !names.isEmpty
  }

  private func put(_ separator: StaticString, _ name: StaticString) { put(separator, [UInt8](name)) }

  private func put(_ separator: StaticString, _ name: [UInt8]) {
    output.put(separator)
    output.put(name)
  }

  // MARK: zsh

  private func zsh() {
    output.put(
      """
      #compdef tpc-events
      # Completion of tpc-events for zsh.
      _tpc-events() {
        local -a specifications
        if (( CURRENT == 2 )); then
          compadd -- help
      """)
    for command in Command.allCases { put(" ", command.name) }
    output.put(" --help --version\n    return\n  fi\n  case $words[2] in\n    help) compadd -- options")
    for command in Command.allCases { put(" ", command.name) }
    output.put("; return ;;\n")
    for command in Command.allCases {
      output.put("    ")
      output.put(command.name)
      output.put(") specifications=(\n")
      for name in CompletionCommand.names(of: command) { zsh(name) }
      let operands = CompletionCommand.operands(of: command)
      if operands.utf8CodeUnitCount > 0 {
        output.put("      '1: :(")
        output.put(operands)
        output.put(")'\n")
      }
      output.put("      '*: :_files'\n    ) ;;\n")
    }
    output.put(
      """
          *) return 1 ;;
        esac
        # Without the command itself: what follows it is what the specifications count.
        shift words
        (( CURRENT -= 1 ))
        _arguments -S $specifications
      }
      if [[ $funcstack[1] == _tpc-events ]]; then
        _tpc-events "$@"
      else
        compdef _tpc-events tpc-events
      fi

      """)
  }

  /// `'--name=[meaning]:VALUE:action'`, in which brackets, colons and quotes have a meaning.
  private func zsh(_ name: Name) {
    output.put(name.isRepeatable ? "      '*--" : "      '--")
    output.put(name.text)
    // For a boolean, a value only comes with a "=".
    output.put(name.takesWord ? "=[" : name.value.isEmpty ? "[" : "=-[")
    for byte in name.meaning {
      switch byte {
      case UInt8(ascii: "'"): output.put("'\\''")
      case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: "\\"):
        output.put("\\")
        output.put([byte])
      default: output.put([byte])
      }
    }
    output.put("]")
    if name.takesWord {
      output.put(":")
      output.put(CompletionCommand.isChoice(name.value) ? [UInt8]("value") : name.value)
      output.put(":")
      if CompletionCommand.isChoice(name.value) {
        output.put("(")
        output.put(CompletionCommand.words(of: name.value))
        output.put(")")
      } else if name.value == [UInt8]("DIR") {
        output.put("_files -/")
      } else if CompletionCommand.takesFiles(name.value) {
        output.put("_files")
      }
    } else if !name.value.isEmpty {
      output.put("::value:(true false)")
    }
    output.put("'\n")
  }
}
