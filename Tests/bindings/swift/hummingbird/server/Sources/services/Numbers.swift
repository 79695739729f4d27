// SPDX-License-Identifier: Apache-2.0
import CoreMetrics
import Foundation
import MetricsTestKit
import Synchronization
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

/// Two senders whose visits wait, one of them recorded a second time, with a factory that has no meters; then both are closed.
func pending() async throws {
  let recorded = Recorders()
  var configuration = Configuration()
  configuration.baseURL = "http://127.0.0.1:9"
  let senders = try [PageVisits(configuration), PageVisits(configuration)]
  for visits in senders { try track(5, with: visits) }
  for visits in senders + senders.prefix(1) { await recordOnce(visits, with: recorded) }
  say("pending \(recorded.last["tpc_events_pending"] ?? -1)")
  for visits in senders {
    await visits.close(timeout: .zero)
    await recordOnce(visits, with: recorded)
  }
  say("pending \(recorded.last["tpc_events_pending"] ?? -1)")
}

/// Each of many factories, which may come to be at the address of one that is gone, gets all numbers of a sender.
func factories() async throws {
  let visits = try PageVisits()
  try track(1, with: visits)
  for _ in 0..<200 {
    let recorded = TestMetrics()
    await recordOnce(visits, with: recorded)
    let accepted = recorded.counters.first { $0.label == "tpc_events_accepted_total" }
    if accepted?.totalValue != 1 { say("accepted \(accepted?.totalValue ?? 0)") }
  }
}

private func recordOnce(_ visits: PageVisits, with factory: any MetricsFactory) async {
  let recording = Task { await visits.recordMetrics(factory: factory) }
  recording.cancel()
  await recording.value
}

/// A factory that has no meters of its own: swift-metrics makes them of recorders.
private final class Recorders: MetricsFactory {
  private let recorded = TestMetrics()

  /// What was recorded last under a name, by whichever recorder.
  let last = LastValues()

  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    LastRecorder(label: label, values: last)
  }
  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    recorded.makeCounter(label: label, dimensions: dimensions)
  }
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    recorded.makeTimer(label: label, dimensions: dimensions)
  }
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}

private final class LastValues: Sendable {
  private let values = Mutex<[String: Double]>([:])
  subscript(label: String) -> Double? {
    get { values.withLock { $0[label] } }
    set { values.withLock { $0[label] = newValue } }
  }
}

private final class LastRecorder: RecorderHandler {
  let label: String
  let values: LastValues

  init(label: String, values: LastValues) {
    self.label = label
    self.values = values
  }

  func record(_ value: Int64) { values[label] = Double(value) }
  func record(_ value: Double) { values[label] = value }
}
