// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// `--confirm`: what standard output says about the lines of standard input, in the protocol of rsyslog's omprog. "OK" says that
/// the program is ready, and then, for each line, that it is answered for. Lines between the marks of a transaction are taken with
/// "DEFER_COMMIT", and the second mark gets its "OK" when all are answered for. Whoever gets no answer keeps the lines, and sends
/// them again to the next program.
final class Confirmation {
  private static let begin: StaticString = "BEGIN TRANSACTION"
  private static let commit: StaticString = "COMMIT TRANSACTION"

  private static let input: Int32 = 0

  private var isInTransaction = false
  /// How many lines were marks.
  private(set) var marks = 0

  private init() {}

  /// Nil without the flag.
  static func make(_ arguments: Arguments) throws(UsageError) -> Confirmation? {
    guard arguments.has(.confirm) else { return nil }
    guard arguments.operands.count == 1, arguments.operands[0].matches("-") else { throw UsageError("--confirm: found a file; expected -, for standard input") }
    guard !arguments.has(.dryRun) && !arguments.has(.timeout) && !arguments.has(.spool) else {
      throw UsageError("--confirm: answers when the events are delivered; expected without --dry-run, --spool and --timeout")
    }
    return Confirmation()
  }

  /// Says that lines may come.
  func isReady() -> Bool { say("OK\n") }

  /// What a line has to wait for.
  enum Demand {
    /// The line is a mark, which is answered.
    case nothing
    /// The line is a mark: every line before it has to be answered for.
    case allBefore
    /// The line is data.
    case line
    /// The line has no newline: whoever wrote it was ended within it, and sends the whole line to the next program.
    case wholeLine
  }

  func demand(of line: InputLine) -> Demand {
    if line.isUnterminated { return .wholeLine }
    if line.text.matches(Confirmation.begin) {
      marks += 1
      isInTransaction = true
      return .nothing
    }
    guard line.text.matches(Confirmation.commit) else { return .line }
    marks += 1
    isInTransaction = false
    return .allBefore
  }

  /// Whether a line need not be answered for before its answer.
  var isDeferred: Bool { isInTransaction }

  /// Answers. `false` when nobody reads the answers.
  func confirm(deferred: Bool = false) -> Bool { say(deferred ? "DEFER_COMMIT\n" : "OK\n") }

  private func say(_ answer: StaticString) -> Bool {
    Output.standard.put(answer)
    Output.standard.flush()
    return !Output.standard.isBroken
  }

  /// Whether whoever wrote the lines is gone: nobody waits for an answer.
  var isAlone: Bool {
    var writer = pollfd(fd: Confirmation.input, events: Int16(POLLIN), revents: 0)
    return poll(&writer, 1, 0) > 0 && Int32(writer.revents) & (Int32(POLLHUP) | Int32(POLLIN)) == Int32(POLLHUP)
  }
}
