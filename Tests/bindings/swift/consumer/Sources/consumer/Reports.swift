// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TPC

private func keepingReports() throws -> PageVisits {
  var configuration = Configuration()
  configuration.reportCapacity = 1_000
  return try PageVisits(configuration)
}

private func ids(_ range: Range<Int>) -> Set<String> { Set(range.map { "visit-\($0)" }) }

private func track(_ range: Range<Int>, with visits: PageVisits) throws {
  for number in range { try visits.track(Visit(href: "https://example.com/", eventID: "visit-\(number)")) }
}

/// Every report comes once; cancelling ends a loop that waits; closing ends it after the last report; iterators share the reports.
func readReports() async throws {
  let visits = try keepingReports()
  try track(0..<50, with: visits)
  var seen: Set<String> = []
  for await report in visits.reports.prefix(50) {
    checkDelivered(report)
    seen.insert(report.eventID)
  }
  expectEqual(seen, ids(0..<50), "the reports")

  // Nothing is pending, so this one waits until it is cancelled.
  let waiting = Task { await visits.reports.reduce(into: 0) { count, _ in count += 1 } }
  await Task.yield()
  waiting.cancel()
  let none = await waiting.value
  expectEqual(none, 0, "reports of the loop that was cancelled")

  async let first = collected(visits)
  async let second = collected(visits)
  try track(50..<150, with: visits)
  await visits.close(timeout: .seconds(60))
  let (ofFirst, ofSecond) = await (first, second)
  expect(ofFirst.isDisjoint(with: ofSecond), "both iterators got \(ofFirst.intersection(ofSecond))")
  expectEqual(ofFirst.union(ofSecond), ids(50..<150), "the reports of both iterators")
  // A loop that begins after the end ends at once.
  let late = await collected(visits)
  expectEqual(late, [], "reports after the end")
  expectEqual(visits.statistics.reportsDropped, 0, "reports dropped")

  let unsent = try keepingReports()
  try track(150..<151, with: unsent)
  await unsent.close(timeout: .zero)
  let outcomes = await unsent.reports.reduce(into: []) { $0.append($1.outcome) }
  expect(outcomes == [.abandoned] || outcomes == [.delivered], "the outcomes of a close at once: \(outcomes)")
}

private func checkDelivered(_ report: DeliveryReport) {
  expectEqual(report.outcome, DeliveryReport.Outcome.delivered, "an outcome")
  expectEqual(report.httpStatus, 200, "a status")
  expectEqual(report.attempts, 1, "attempts")
  expectEqual([report.code, report.message, report.details], ["", "", ""], "the texts of an error")
  expect(report.receivedAt.hasSuffix("Z"), "received at: \(report.receivedAt)")
}

private func collected(_ visits: PageVisits) async -> Set<String> {
  var seen: Set<String> = []
  let reports: DeliveryReports = visits.reports
  var iterator: DeliveryReports.Iterator = reports.makeAsyncIterator()
  while let report = await iterator.next(isolation: nil) { seen.insert(report.eventID) }
  return seen
}

/// Without `reportCapacity`, a loop ends at once, however often.
func readReportsThatAreNotKept() async throws {
  let visits = try PageVisits()
  for _ in 0..<3 {
    for await report in visits.reports { expect(false, "a report: \(report)") }
  }
}
