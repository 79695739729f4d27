// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import TPCCore

/// A server that was out for ten minutes, has 2.5 times the capacity that its senders need in the long run, and comes back to
/// what they have kept for it. `TPC_FLEET_OUTPUT=file` writes the load curves of 10,000 senders besides.
@Suite("Fleets of senders")
struct DeliverySimulationFleetTests {
  /// How the server refuses while it is out.
  enum Refusal: String, CaseIterable {
    case status = "503"
    case seconds = "503 with Retry-After: 60"
    case date = "503 with Retry-After: the time of its return"

    func result(_ left: Int64) -> RequestResult {
      switch self {
      case .status: .answer(503)
      case .seconds: .answer(503, retryAfter: 60_000)
      case .date: .answer(503, retryAfter: min(RetryAfter.longestMilliseconds, left))
      }
    }
  }

  /// One fleet's way through the outage.
  struct Course {
    let fleet: DeliveryFleet
    let capacity: Double
    /// The most requests that arrived in one second after the return, in capacities.
    let peak: Double
    /// Seconds from the return until no more is pending than before the outage.
    let drained: Int?

    static let outage: Range<Int64> = 60_000..<660_000

    init(_ refusal: Refusal, hasJitter: Bool, senders: Int = 400) {
      capacity = Double(senders) / 2
      // The worst kind of server: it refuses nobody and lets requests wait, three times as long as they do.
      let server = FleetServer(capacity: capacity, outage: Course.outage, patience: 30_000) { refusal.result($0) }
      fleet = DeliveryFleet(senders: senders, server, interval: 5000, duration: 1_260_000, hasJitter: hasJitter)
      fleet.run()
      let back = fleet.seconds[660...]
      peak = Double(back.map(\.arrived).max() ?? 0) / capacity
      let usual = fleet.seconds[30..<60].map(\.pending).max() ?? 0
      drained = back.firstIndex { $0.pending <= usual }.map { $0 - 660 }
    }
  }

  @Test("Senders come back to a server at a pace that it can take, however it refused them", arguments: Refusal.allCases)
  func comesBack(refusal: Refusal) throws {
    let course = Course(refusal, hasJitter: true)
    #expect(course.peak < 1.5, "\(course.peak)")
    // What is pending for 2 min of the capacity, at 60 % of it: the rest is for new events.
    let drained = try #require(course.drained)
    #expect(drained < 240)
    let found = course.fleet.statistics
    #expect(found.isBalanced && found.rejected == 0 && found.abandoned == 0)
    // While it was out: a probe each half a minute from each sender, and the few of the beginning.
    let during = course.fleet.seconds[60..<660].map(\.arrived).reduce(0, +)
    #expect(during < 400 * (2 * 600 / 30 + 12), "\(during)")
  }

  @Test("Without jitter, the senders that were given a time would all come back at it")
  func stampedes() {
    let course = Course(.date, hasJitter: false)
    #expect(course.peak > 3)
  }

  @Test("The load curves of 10,000 senders are written for the document")
  func writesCurves() throws {
    guard let output = ProcessInfo.processInfo.environment["TPC_FLEET_OUTPUT"] else { return }
    var lines = ["refusal,jitter,capacity,peak,drained,second,arrived,delivered,pending"]
    for refusal in Refusal.allCases {
      for hasJitter in [true, false] {
        let course = Course(refusal, hasJitter: hasJitter, senders: 10_000)
        let head = "\(refusal.rawValue),\(hasJitter),\(Int(course.capacity)),\(course.peak),\(course.drained ?? -1)"
        for (second, seen) in course.fleet.seconds.enumerated() {
          lines.append("\(head),\(second - 660),\(seen.arrived),\(seen.delivered),\(seen.pending)")
        }
      }
    }
    try (lines.joined(separator: "\n") + "\n").write(toFile: output, atomically: true, encoding: .utf8)
  }
}
