// SPDX-License-Identifier: Apache-2.0

/// How often the connections of a pool answered 5xx, one time after the other. Behind a balancer one of them may lead to a server
/// that is broken: it answers quickest, and libcurl would send it most of the requests.
struct ConnectionFailures: ~Copyable {
  /// By its local port.
  typealias Connection = Int

  private struct Count: BitwiseCopyable {
    let connection: Connection
    var failures: Int
  }

  /// Of those that failed last.
  private var counts = GrowableArray<Count>()

  /// So many in a row are not the events' doing, most likely.
  static let most = 4
  /// Others are forgotten.
  private static let capacity = 64

  init() {}

  /// Takes an answer in. Returns whether its connection has failed too often.
  mutating func note(_ connection: Connection, isFailure: Bool) -> Bool {
    guard let place = place(of: connection) else {
      guard isFailure else { return false }
      if counts.count >= ConnectionFailures.capacity { counts.removeAll() }
      _ = counts.append(Count(connection: connection, failures: 1))
      return false
    }
    let failures = isFailure ? (counts[place]?.failures ?? 0) + 1 : 0
    if failures > 0 && failures < ConnectionFailures.most {
      counts.withElement(place) { $0.failures = failures }
    } else if let last = counts.removeLast() {
      counts.replace(place, with: last)
    }
    return failures >= ConnectionFailures.most
  }

  private func place(of connection: Connection) -> Int? { counts.elements.firstIndex { $0.connection == connection } }
}
