// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Tells of lines at fault on standard error: the first few of a kind, and how many more there were.
final class Complaints {
  private static let most = 5

  private let subject: StaticString
  private(set) var count = 0

  /// `subject` names the lines in the plural, such as "lines that cannot be read".
  init(_ subject: StaticString) { self.subject = subject }

  /// Whether this one is to be told. Counts it.
  func next() -> Bool {
    count += 1
    return count <= Complaints.most
  }

  /// "line 17: /page/href: found …"
  func tell(_ number: Int, _ pointer: Bytes, _ reason: Bytes) {
    guard next() else { return }
    let output = Output.error
    output.put("tpc-events: line ")
    output.put(number)
    output.put(": ")
    if !pointer.isEmpty {
      output.put(printable: pointer)
      output.put(": ")
    }
    output.put(printable: reason)
    output.put("\n")
    output.flush()
  }

  func finish() {
    guard count > Complaints.most else { return }
    Output.error.put("tpc-events: and ")
    Output.error.put(grouped: count - Complaints.most)
    Output.error.put(" more ")
    Output.error.put(subject)
    Output.error.put("\n")
    Output.error.flush()
  }
}
