// SPDX-License-Identifier: Apache-2.0

/// Counts, for each connection of a pool, how many 5xx answers it gave in a row. Behind a load balancer, a connection
/// may lead to a broken server: it answers fastest, so libcurl would send it most of the requests.
struct ConnectionFailures: ~Copyable {
  /// A connection, identified by its local port.
  typealias Connection = Int

  private struct Count: BitwiseCopyable {
    let connection: Connection
    var failures: Int
  }

  /// The connections whose last answer was a failure.
  private var counts = GrowableArray<Count>()

  /// The number of failures in a row that most likely are not caused by the events.
  static let maximumFailures = 4
  /// The most connections that are remembered; when there are more, all are forgotten.
  private static let capacity = 64

  init() {}

  /// Records an answer. Returns whether its connection has failed too often.
  mutating func note(_ connection: Connection, isFailure: Bool) -> Bool {
    guard let index = index(of: connection) else {
      guard isFailure else { return false }
      if counts.count >= ConnectionFailures.capacity { counts.removeAll() }
      _ = counts.append(Count(connection: connection, failures: 1))
      return false
    }
    let failures = isFailure ? (counts[index]?.failures ?? 0) + 1 : 0
    if failures > 0 && failures < ConnectionFailures.maximumFailures {
      counts.withElement(index) { $0.failures = failures }
    } else if let last = counts.removeLast() {
      counts.replace(index, with: last)
    }
    return failures >= ConnectionFailures.maximumFailures
  }

  private func index(of connection: Connection) -> Int? { counts.elements.firstIndex { $0.connection == connection } }
}
