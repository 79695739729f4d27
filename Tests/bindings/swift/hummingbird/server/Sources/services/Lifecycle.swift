// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import ServiceLifecycle
import TPC

func track(_ count: Int, with visits: PageVisits) throws {
  for number in 0..<count { try visits.track(Visit(href: "https://example.com/page/\(number)")) }
}

func show(_ visits: PageVisits) {
  let numbers = visits.statistics
  say("accepted \(numbers.accepted) delivered \(numbers.delivered) abandoned \(numbers.abandoned) pending \(numbers.pending)")
}

/// Ends by SIGTERM.
func inAGroup() async throws {
  let visits = try PageVisits()
  let tracking = Tracking(visits: visits)
  try await ServiceGroup(services: [visits, tracking], gracefulShutdownSignals: [.sigterm], logger: Logger(label: "group")).run()
  show(visits)
}

/// Tracks until the graceful shutdown, and one more visit then.
struct Tracking: Service {
  let visits: PageVisits

  func run() async throws {
    try track(20, with: visits)
    say("running as process \(getpid())")
    try await gracefulShutdown()
    try visits.track(Visit(href: "https://example.com/last"))
  }
}

func besideAFailingService() async throws {
  struct Failing: Service {
    struct Failure: Error {}
    let visits: PageVisits
    func run() async throws {
      try track(20, with: visits)
      throw Failure()
    }
  }
  let visits = try PageVisits()
  do {
    try await ServiceGroup(services: [visits, Failing(visits: visits)], logger: Logger(label: "group")).run()
  } catch {
    say("failed with \(type(of: error))")
  }
  show(visits)
}

func cancelled() async throws {
  let visits = try PageVisits()
  try track(20, with: visits)
  let running = Task { try await visits.run() }
  running.cancel()
  try await running.value
  show(visits)
}

func twice() async throws {
  let visits = try PageVisits()
  try track(20, with: visits)
  let running = [Task { try await visits.run() }, Task { try await visits.run() }]
  for one in running { one.cancel() }
  for one in running { try await one.value }
  let again = Task { try await visits.run() }
  again.cancel()
  try await again.value
  show(visits)
}

/// A group is not ended by a sender that was closed, and ends by SIGTERM.
func closedBefore() async throws {
  let visits = try PageVisits()
  await visits.close()
  struct Ready: Service {
    func run() async throws {
      say("running as process \(getpid())")
      try await gracefulShutdown()
      say("asked to end")
    }
  }
  try await ServiceGroup(services: [visits, Ready()], gracefulShutdownSignals: [.sigterm], logger: Logger(label: "group")).run()
  show(visits)
}
