// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// The variables whose names look like this library's but that nobody reads, such as `TPC_TRUSTED_PROXY`. They are
/// found when the environment is read, and logged, once in a process, before a client is made. Their values are never
/// looked at.
struct UnreadVariables {
  private(set) var names: [[UInt8]] = []

  private static let isLogged = Atomic<Bool>(false)
  /// The most names that are kept and logged.
  private static let maximumCount = 8
  private static let maximumNameBytes = 64
  /// Reads the names of the environment's variables. Finds none once they have been logged.
  mutating func find() {
    names = []
    guard !UnreadVariables.isLogged.load(ordering: .relaxed), var entry = tpc_posix_secure_environment() else { return }
    while let start = entry.pointee, names.count < UnreadVariables.maximumCount {
      entry += 1
      // Most variables are somebody else's.
      guard start.pointee == CChar(UInt8(ascii: "T")) else { continue }
      let text = Bytes(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: strlen(start))
      guard text.part(0, 4).matches("TPC_") || text.part(0, 22).matches("THE_PROMPTING_COMPANY_") else { continue }
      let name = text.part(0, text.firstIndex(of: UInt8(ascii: "=")) ?? 0)
      guard name.count + 1 < text.count, !UnreadVariables.isRead(name) else { continue }
      names.append([UInt8](name.part(0, UTF8Text.cut(name, to: UnreadVariables.maximumNameBytes))))
    }
  }

  @inline(never)
  private static func isRead(_ name: Bytes) -> Bool {
    // The packages read this one themselves.
    if name.matches("TPC_LIBRARY") { return true }
    for option in Option.allCases where OptionTable.row(option).reads(name) { return true }
    return false
  }

  /// Logs the names, each with the nearest variable that is read, unless a client has logged them before.
  func log(to log: Log) {
    guard !names.isEmpty, log.level >= .warn, !UnreadVariables.isLogged.exchange(true, ordering: .relaxed) else { return }
    for name in names {
      log.write(.warn) {
        $0.add("the variable ")
        $0.add(name)
        $0.add(" is not read")
        guard let nearest = UnreadVariables.nearest(to: name) else { return }
        $0.add("; did you mean ")
        // The variable with the same prefix: most options have no other.
        let row = OptionTable.row(nearest)
        $0.add(name[1] == UInt8(ascii: "P") ? row.regularVariable : row.environmentVariable)
        $0.add("?")
      }
    }
  }

  private static func nearest(to name: [UInt8]) -> Option? {
    name.withUnsafeBufferPointer { name in
      let prefix = name.part(0, 4).matches("TPC_") ? 4 : 22
      return Options.nearest(to: name.tail(prefix))
    }
  }
}
