// SPDX-License-Identifier: Apache-2.0

// Sends one page visit and prints its delivery report:
//
//     TPC_API_KEY=... swift run --package-path examples/swift page-visit

import Glibc
import TPCCore

func send() throws(Failure) -> Bool {
  // Options from the environment (TPC_API_KEY and so on), and one more: reports are kept.
  var options = Options()
  try options.loadEnvironment()
  try options.set(.reportCapacity, "100")
  // A server creates one client and keeps it.
  let client = try Client(options)

  // A wrong value throws here; the error names the field and what is accepted.
  var visit = PageVisit()
  try visit.set(.pageHref, "https://docs.example.com/quickstart")
  try visit.set(.requestUserAgent, "page-visit.swift")
  try visit.setProperty("status", 200)

  // Queues the event and returns; delivery happens in the background.
  try client.track(visit)
  try client.flush(timeoutMilliseconds: 5_000)

  guard let report = try client.poll(timeoutMilliseconds: 0) else {
    print("no answer within five seconds")
    return false
  }
  print("\(report.outcome): HTTP \(report.httpStatus), event \(report.eventID)")
  return report.outcome == .delivered
}

do {
  exit(try send() ? 0 : 1)
} catch {
  print(error)
  exit(1)
}
