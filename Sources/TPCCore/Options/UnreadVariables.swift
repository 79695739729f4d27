// SPDX-License-Identifier: Apache-2.0

import CPOSIX
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
  /// Reads the names of the environment's variables. Returns the options that have one, as a set of bits, and keeps the names that
  /// nobody reads: none once they have been logged.
  mutating func find() -> UInt64 {
    names = []
    guard var entry = tpc_posix_secure_environment() else { return 0 }
    let isLogged = UnreadVariables.isLogged.load(ordering: .relaxed)
    var given: UInt64 = 0
    while let start = entry.pointee {
      entry += 1
      // Most variables are somebody else's.
      guard start.pointee == CChar(UInt8(ascii: "T")) else { continue }
      let text = Bytes(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: strlen(start))
      guard text.part(0, 4).matches("TPC_") || text.part(0, 22).matches("THE_PROMPTING_COMPANY_") else { continue }
      let name = text.part(0, text.firstIndex(of: UInt8(ascii: "=")) ?? 0)
      let readers = UnreadVariables.readers(of: name)
      given |= readers
      // The packages read TPC_LIBRARY themselves.
      guard readers == 0, !isLogged, names.count < UnreadVariables.maximumCount, name.count + 1 < text.count,
        !name.matches("TPC_LIBRARY")
      else { continue }
      names.append([UInt8](name.part(0, UTF8Text.cut(name, to: UnreadVariables.maximumNameBytes))))
    }
    return given
  }

  /// The options that a variable is for, as a set of bits.
  @inline(never)
  private static func readers(of name: Bytes) -> UInt64 {
    var readers: UInt64 = 0
    for option in Option.allCases where OptionTable.row(option).reads(name) { readers |= 1 &<< UInt64(option.rawValue) }
    return readers
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
