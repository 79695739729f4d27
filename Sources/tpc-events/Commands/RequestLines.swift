// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `send --requests`: makes the events of web requests, one a line, as `tpc_client_track_request` does, and counts what its rules
/// leave out.
final class RequestLines {
  private let stream: EventStream
  private let client: Client
  private var leftOut: [(name: StaticString, count: Int)] = []

  /// Nil for a stream that makes no events of requests.
  init?(_ stream: EventStream) {
    guard let client = stream.requestClient else { return nil }
    self.stream = stream
    self.client = client
  }

  /// `false` when the run ends.
  func send(_ line: InputLine) -> Bool {
    do throws(Failure) {
      let (event, rule) = try client.event(from: RequestInput(json: line.text))
      if let rule { count(rule.name) }
      guard let event else { return true }
      defer { CMemory.free(event) }
      return stream.send(event, of: line)
    } catch {
      stream.sendNothing(of: line, because: error)
      return true
    }
  }

  private func count(_ name: StaticString) {
    if let index = leftOut.firstIndex(where: { $0.name.bytes.matches(name) }) {
      leftOut[index].count += 1
    } else {
      leftOut.append((name, 1))
    }
  }

  /// Writes a row for each rule that left requests out.
  func summarize(_ summary: Summary) {
    for (name, count) in leftOut { summary.row("left out: ", name, count) }
  }
}
