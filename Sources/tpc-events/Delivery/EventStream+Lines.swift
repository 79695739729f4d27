// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Taking the lines of the input, and answering for them.
extension EventStream {
  /// Hands each line of the input to `take`, until there are no more or `take` returns false. Closes without waiting when the
  /// input cannot be read.
  func forEachLine(_ take: (InputLine) -> Bool) throws(UsageError) {
    if let confirmation, !confirmation.isReady() { return }
    // Lines that are not confirmed are sent again, so nothing is lost if the run ends at once.
    interruption.leavesTermination = lines.endsWithItsWriter && confirmation == nil
    defer { interruption.leavesTermination = false }
    do throws(UsageError) {
      try lines.forEach { line in
        guard let confirmation else { return process(line, take) }
        switch confirmation.demand(of: line) {
        case .nothing: return process(line) { _ in confirmation.confirm() }
        case .allBefore:
          _ = process(line) { _ in true }
          return waitForAnswers(through: line.number) && confirmation.confirm()
        case .line:
          guard process(line, take) else { return false }
          if confirmation.isDeferred { return confirmation.confirm(deferred: true) }
          return waitForAnswers(through: line.number) && confirmation.confirm()
        case .wholeLine:
          (stop, hasLineLeft) = (stop ?? .cut, true)
          sayCut(line)
          return false
        }
      }
    } catch {
      _ = end(timeoutMilliseconds: 0)
      // An input that could not be read at all leaves an earlier run's file as it is.
      if lines.count > 0 { for file in files { _ = file.finish() } }
      throw error
    }
  }

  func sayCut(_ line: InputLine) {
    progress.clear()
    Output.error.put("tpc-events: line ")
    Output.error.put(line.number)
    Output.error.put(" has no newline, so it may be cut; it was not sent, and not confirmed\n")
    Output.error.flush()
  }

  func process(_ line: InputLine, _ take: (InputLine) -> Bool) -> Bool {
    answered.begin(line.number)
    let goesOn = take(line)
    answered.answer(line.number)
    return goesOn
  }

  /// Waits until every line up to this one is answered for. `false` when the run ends first.
  func waitForAnswers(through number: Int) -> Bool {
    guard case .endpoint(let client) = destination else { return true }
    while answeredThrough < number {
      guard stop == nil, confirmation?.isAlone != true else { return false }
      wait(for: client)
    }
    return true
  }
}
