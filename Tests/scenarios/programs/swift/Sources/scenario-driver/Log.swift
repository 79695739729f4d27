// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The lines that `PageVisits` writes to a descriptor: a pipe, which is read without waiting.
struct Log {
  private let reading: Int32
  /// For `Configuration.logDescriptor`.
  let descriptor: Int

  init() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0, fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 else { fatalError("no pipe") }
    reading = ends[0]
    descriptor = Int(ends[1])
  }

  /// The lines since the last call, without the library's name.
  func lines() -> [String] {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = max(0, read(reading, &bytes, bytes.count))
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map { line in
      line.hasPrefix("tpc: ") ? String(line.dropFirst(5)) : String(line)
    }
  }
}
