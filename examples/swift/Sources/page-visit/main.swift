// SPDX-License-Identifier: Apache-2.0

// Sends one page visit and prints its delivery report:
//
//     TPC_API_KEY=... swift run --package-path examples/swift page-visit

import Foundation
import TPC

func send() async throws(TPCError) -> Bool {
  // Options from the environment (TPC_API_KEY and so on), and one more: reports are kept.
  var configuration = Configuration.environment
  configuration.reportCapacity = 100
  // A server makes one and keeps it.
  let visits = try PageVisits(configuration)

  // Queues the visit and returns; delivery happens in the background. A wrong value throws here; the error names the field and what is
  // accepted.
  try visits.track(
    Visit(href: "https://docs.example.com/quickstart", userAgent: "page-visit.swift", properties: ["status": 200]))
  await visits.close(timeout: .seconds(5))

  // The reports end with the last one, since no more can come.
  for await report in visits.reports {
    print("\(report.outcome): HTTP \(report.httpStatus ?? 0), event \(report.eventID)")
    return report.outcome == .delivered
  }
  return false
}

do {
  exit(try await send() ? 0 : 1)
} catch {
  print(error)
  exit(1)
}
