// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Reports faulty lines on standard error: the first few of a kind, and how many more there were.
final class Complaints {
  private static let maximumShown = 5

  private let subject: StaticString
  private(set) var count = 0

  /// `subject` names the lines, in the plural, as in "lines that cannot be read".
  init(_ subject: StaticString) { self.subject = subject }

  /// Counts a line, and shows it if it is one of the first: "line 17: /page/href: found …", with the file's name before it unless
  /// that is empty.
  func add(line: Int, of file: Bytes = Bytes(""), pointer: Bytes, reason: Bytes) {
    count += 1
    guard count <= Complaints.maximumShown else { return }
    let output = Output.error
    output.put("tpc-events: ")
    if !file.isEmpty {
      output.put(printable: file)
      output.put(", ")
    }
    output.put("line ")
    output.put(line)
    output.put(": ")
    if !pointer.isEmpty {
      output.put(printable: pointer)
      output.put(": ")
    }
    output.put(printable: reason)
    output.put("\n")
    output.flush()
  }

  /// The same for an event that was not read from a line.
  func add(event: Bytes, code: Bytes, reason: Bytes) {
    count += 1
    guard count <= Complaints.maximumShown else { return }
    let output = Output.error
    output.put("tpc-events: event ")
    output.put(printable: event)
    output.put(": ")
    output.put(printable: code)
    output.put(": ")
    output.put(printable: reason)
    output.put("\n")
    output.flush()
  }

  /// Says how many lines were not shown.
  func finish() {
    guard count > Complaints.maximumShown else { return }
    Output.error.put("tpc-events: and ")
    Output.error.put(grouped: count - Complaints.maximumShown)
    Output.error.put(" more ")
    Output.error.put(subject)
    Output.error.put("\n")
    Output.error.flush()
  }
}
