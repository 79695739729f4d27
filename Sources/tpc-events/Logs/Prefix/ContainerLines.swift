// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A line of a container runtime of Kubernetes: a time, a stream, `F` for a whole line or `P` for a part of one, and the text.
struct CRILine {
  /// Where the text begins.
  let start: Int
  let isError: Bool
  /// Whether the next line of the stream goes on with it.
  let isPart: Bool

  init?(_ line: Bytes) {
    guard line.count > 20, line[4] == UInt8(ascii: "-"), line[10] == UInt8(ascii: "T") else { return nil }
    var at = 19
    while at < line.count, at < 40, line[at] != 0x20 { at += 1 }
    let stream = line.part(at, at + 8)
    isError = stream.matches(" stderr ")
    guard isError || stream.matches(" stdout ") else { return nil }
    at += 8
    guard at < line.count, line[at] == UInt8(ascii: "F") || line[at] == UInt8(ascii: "P") else { return nil }
    isPart = line[at] == UInt8(ascii: "P")
    // More tags may follow a colon.
    while at < line.count, line[at] != 0x20 { at += 1 }
    guard at < line.count else { return nil }
    start = at + 1
  }
}

/// What `docker compose logs` puts in front: a container's name, blanks, and a bar.
enum ComposePrefix {
  static func end(_ line: Bytes) -> Int? {
    var at = 0
    while at < line.count, at < 128, isOfName(line[at]) { at += 1 }
    let name = line.part(0, at)
    guard at > 0, name[0] != UInt8(ascii: "-"), IPAddress(name) == nil else { return nil }
    let blanks = at
    while at < line.count, line[at] == 0x20 { at += 1 }
    guard at > blanks, at < line.count, line[at] == UInt8(ascii: "|") else { return nil }
    // The color may end before the blank or after it.
    at += 1 + LeadingNoise.colorEnd(line.part(at + 1, line.count))
    return at < line.count && line[at] == 0x20 ? at + 1 : nil
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }
}
