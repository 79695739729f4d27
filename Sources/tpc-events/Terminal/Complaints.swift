// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Reports faulty lines on standard error: the first few of a kind, and how many more there were.
final class Complaints {
  private static let maximumShown = 5
  private static let maximumKinds = 10

  private let subject: StaticString
  private(set) var count = 0
  private var shown = 0
  /// What was seen of each kind, so that one kind does not hide another.
  private var kinds: [(kind: UInt64, count: Int)] = []

  /// `subject` names the lines, in the plural, as in "lines that cannot be read".
  init(_ subject: StaticString) { self.subject = subject }

  /// Counts a line, and shows it if it is one of the first: "line 17: /page/href: found …", with the file's name before it unless
  /// that is empty.
  func add(line: Int, of file: Bytes = Bytes(""), pointer: Bytes, reason: Bytes) {
    guard isShown(pointer, reason) else { return }
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
    guard isShown(code, reason) else { return }
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
    guard count > shown else { return }
    Output.error.put("tpc-events: and ")
    Output.error.put(grouped: count - shown)
    Output.error.put(" more ")
    Output.error.put(subject)
    Output.error.put("\n")
    Output.error.flush()
  }

  // MARK: Kinds

  /// Counts a line. Whether it is to be shown: one of the first of its kind, if there are not too many kinds.
  private func isShown(_ pointer: Bytes, _ reason: Bytes) -> Bool {
    count += 1
    let kind = Complaints.kind(pointer, reason)
    if let index = kinds.firstIndex(where: { $0.kind == kind }) {
      kinds[index].count += 1
      guard kinds[index].count <= Complaints.maximumShown else { return false }
    } else {
      guard kinds.count < Complaints.maximumKinds else { return false }
      kinds.append((kind, 1))
    }
    shown += 1
    return true
  }

  /// A hash of the pointer or code, and of what the reason says without the numbers, quotes and names of a single line: for an
  /// answer its status, for a flaw what was expected.
  private static func kind(_ pointer: Bytes, _ reason: Bytes) -> UInt64 {
    var words = reason
    let status: StaticString = "HTTP "
    if reason.part(0, status.utf8CodeUnitCount).matches(status) {
      words = reason.part(0, status.utf8CodeUnitCount + 3)
    } else if let semicolon = reason.lastIndex(of: UInt8(ascii: ";")) {
      words = reason.part(semicolon, reason.count)
    }
    return Hash.of(pointer) &* 31 &+ Hash.of(words)
  }
}
