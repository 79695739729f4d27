// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
  internal import Logging
  internal import Synchronization
  internal import TPC

  /// Logs what goes wrong with a visit, each kind once in a process: the next request meets the same fault.
  enum Faults {
    private static let logged = Mutex<Set<String>>([])
    /// A fault's kind has the name of a property, which may be a visitor's.
    private static let mostKinds = 64

    static func log(_ what: String, _ error: any Error) {
      // A text of the application's may hold a visitor's data. TPCError never does.
      let failure = error as? TPCError
      let kind = failure.map { "\($0.code) \($0.field)" } ?? "\(type(of: error))"
      log("\(what): \(failure.map { "\($0)" } ?? kind)", kind: "\(what) \(kind)")
    }

    static func log(_ what: String) { log(what, kind: what) }

    private static func log(_ text: String, kind: String) {
      guard logged.withLock({ $0.count < mostKinds && $0.insert(kind).inserted }) else { return }
      Logger(label: "tpc").warning("\(text); this is logged once")
    }
  }
#endif
