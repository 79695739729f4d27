// SPDX-License-Identifier: Apache-2.0
import CoreMetrics
import Foundation
import MetricsTestKit
import TPC

/// Prints what was recorded as JSON.
func show(_ recorded: TestMetrics) throws {
  var numbers: [String: Double] = [:]
  for counter in recorded.counters { numbers[counter.label] = Double(counter.totalValue) }
  for meter in recorded.meters { numbers[meter.label] = meter.values.last ?? 0 }
  say(String(decoding: try JSONSerialization.data(withJSONObject: numbers), as: UTF8.self))
}

/// As a service, by itself, and with a factory of one's own.
func metrics() async throws {
  let (recorded, own) = (TestMetrics(), TestMetrics())
  MetricsSystem.bootstrap(recorded)
  let visits = try PageVisits()
  try track(20, with: visits)
  do { try visits.track(Visit(href: "no URL")) } catch {}
  let running = Task { try await visits.run() }
  let recording = Task { await visits.recordMetrics(every: .milliseconds(1), factory: own) }
  try await visits.flush()
  running.cancel()
  try await running.value
  await recording.value
  try show(recorded)
  try show(own)
}

/// Two senders of their own, and two that share a name, add up.
func severalSenders() async throws {
  let recorded = TestMetrics()
  var configuration = Configuration()
  let own = try [PageVisits(configuration), PageVisits(configuration)]
  configuration.name = "shared"
  let shared = try [PageVisits(configuration), PageVisits(configuration)]
  for (index, visits) in (own + shared).enumerated() { try track(index + 1, with: visits) }
  for visits in own + shared {
    await visits.close()
    await visits.recordMetrics(factory: recorded)
    await visits.recordMetrics(factory: recorded)
  }
  try show(recorded)
}
