// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TPC

private final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  var count: Int { value.load(ordering: .relaxed) }
  func add() { value.add(1, ordering: .relaxed) }
}

/// Ten times as many waits as this machine has processors, against an endpoint that never answers; another task has to progress.
func waitOften() async throws {
  let visits = try PageVisits()
  try visits.track(visit(1))
  let ended = Counter()
  let started = Counter()
  let count = ProcessInfo.processInfo.activeProcessorCount * 10
  await withTaskGroup { group in
    for number in 0..<count {
      group.addTask {
        started.add()
        if number % 10 == 9 {
          // Of its own, which has nothing pending until here.
          if let other = try? PageVisits(), (try? other.track(Visit(href: "https://example.com/"))) != nil {
            await other.close(timeout: .seconds(20))
          }
        } else {
          _ = try? await visits.flush(timeout: .seconds(20))
        }
        ended.add()
      }
    }
    // The waits are in the pool before it: with a thread of the pool for each wait, it would come after the first of them.
    group.addTask {
      while started.count < count { await Task.yield() }
      for _ in 0..<1_000 { await Task.yield() }
      say("ended before the other task: \(ended.count)")
      // Ends the process, and so the waits: the test is over.
      _exit(0)
    }
  }
}

/// 8 tasks track 500 visits each while others read the counters, print and flush.
func trackFromTasks() async throws {
  let visits = try PageVisits()
  try await withThrowingTaskGroup { group in
    for task in 0..<8 {
      group.addTask {
        for number in 0..<500 {
          switch number % 3 {
          case 0: try visits.track(visit(task * 1_000 + number))
          case 1: try visits.track(json: #"{"event": "page_visit", "page": {"href": "https://example.com/\#(task * 1_000 + number)"}}"#)
          default:
            let request = WebRequest(method: "GET", target: "/\(task * 1_000 + number)", scheme: "https", host: "example.com")
            expectEqual(try visits.track(request), nil, "the rule that leaves it out")
          }
        }
      }
    }
    group.addTask {
      while visits.statistics.accepted < 4_000 {
        let statistics = visits.statistics
        let ended = statistics.delivered + statistics.rejected + statistics.expired + statistics.abandoned + statistics.spooled
        expectEqual(ended + statistics.pending, statistics.accepted + statistics.adopted, "the sum of the counters")
        try await visits.flush(timeout: .milliseconds(1))
      }
    }
    try await group.waitForAll()
  }
  let pending = try await visits.flush(timeout: .seconds(120))
  expectEqual(pending, 0, "pending")
  check(visits.statistics)
  let undelivered = await visits.close(timeout: .seconds(60))
  expectEqual(undelivered, 0, "undelivered")
}

/// The counters when 4,000 visits were delivered at the first try.
private func check(_ statistics: Statistics) {
  expectEqual([statistics.accepted, statistics.delivered, statistics.requests], [4_000, 4_000, 4_000], "delivered")
  let others = [
    statistics.rejected, statistics.expired, statistics.abandoned, statistics.pending, statistics.refusedInvalid,
    statistics.refusedTooLarge, statistics.refusedQueueFull, statistics.refusedSystem, statistics.sampledOut, statistics.disabled,
    statistics.failedRequests, statistics.retries, statistics.oddResponses, statistics.reportsDropped, statistics.queueBytes,
    statistics.inFlight, statistics.leftOut, statistics.spooled, statistics.adopted, statistics.unspooled, statistics.spoolBytes,
    statistics.spoolErrors, statistics.spoolCorrupt,
  ]
  expectEqual(others, others.map { _ in 0 }, "the other counters")
}
