// SPDX-License-Identifier: Apache-2.0

// What one event costs a Swift program: the Visit of 13 fields and 3 properties is made and given to track(), while the server hangs. A
// clock is read around every event, and nothing is subtracted.
//
//     swift run -c release --package-path benchmarks/bindings/swift enqueue -u URL [-n EVENTS] [-r ROUNDS]
//
// Prints one JSON object. The server at the URL must never answer.
import Foundation
import TPC

let site = "https://docs.example.com"
let pages = [
  ("/guides/quickstart", "?step=2", "Quickstart: install and send a request"),
  ("/guides/webhooks", "?page=31", "Webhooks: receive what happened, in order"),
  ("/reference/errors", "?code=9", "Errors: what each of the codes stands for"),
  ("/pricing/calculator", "?n=25", "Pricing: what a month of use will cost"),
]
let agent = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"

/// The values that a host has when a page is visited.
struct Page {
  let time: Date
  let id, href, path, title, canonical: String

  init(_ number: Int) {
    let (path, query, title) = pages[number % 4]
    time = Date(timeIntervalSince1970: 1_772_442_000 + Double(number) / 1000)
    id = "0195565c-7d3a-7b1e-9c4f-" + String(format: "%012x", number)
    (href, self.path, self.title, canonical) = (site + path + query, path, title, site + path)
  }
}

/// A sender whose first request is under way, and so waits for a server that will not answer.
func hungSender(_ url: String, room: Int) async throws -> PageVisits {
  var configuration = Configuration()
  configuration.baseURL = url
  configuration.apiKey = "tpc_benchmark_0123456789abcdef0123456789abcdef"
  configuration.logLevel = .off
  configuration.queueMaxEvents = room
  configuration.queueMaxBytes = room * 2048 + 4096
  configuration.requestTimeout = .seconds(600)
  let visits = try PageVisits(configuration)
  try visits.track(Visit(href: site))
  while visits.statistics.inFlight == 0 { try await Task.sleep(for: .milliseconds(1)) }
  return visits
}

func nanoseconds(_ body: () throws -> Void) rethrows -> Int {
  var (start, end) = (timespec(), timespec())
  clock_gettime(CLOCK_MONOTONIC, &start)
  try body()
  clock_gettime(CLOCK_MONOTONIC, &end)
  return (end.tv_sec - start.tv_sec) * 1_000_000_000 + end.tv_nsec - start.tv_nsec
}

func track(_ page: Page, _ visits: PageVisits) throws {
  try visits.track(
    Visit(
      href: page.href, domain: "docs.example.com", pathname: page.path, title: page.title, canonicalURL: page.canonical,
      referrer: "https://chatgpt.com/", userAgent: agent, clientIP: "203.0.113.77", method: "GET",
      sessionID: "session-5f0c2d9a71", anonymousID: "visitor-8b64e01c3d", eventID: page.id, occurredAt: page.time,
      properties: ["plan": "enterprise", "status": 200, "cached": true]))
}

func argument(_ name: String) -> String? {
  CommandLine.arguments.firstIndex(of: name).flatMap { CommandLine.arguments.dropFirst($0 + 1).first }
}

guard let url = argument("-u") else { fatalError("-u: expected the URL of a server that never answers") }
let events = argument("-n").flatMap { Int($0) } ?? 9000
let rounds = argument("-r").flatMap { Int($0) } ?? 10
let allPages = (1...events).map { Page($0) }
var samples: [Int] = []
for _ in 0..<rounds {
  let visits = try await hungSender(url, room: events + 10)
  for page in allPages { samples.append(try nanoseconds { try track(page, visits) }) }
  await visits.close(timeout: .zero)
}
samples.sort()
let clock = (0..<10_000).map { _ in nanoseconds {} }.sorted()[5_000]
let (median, p99) = (samples[samples.count / 2], samples[samples.count * 99 / 100])
print(#"{"binding": "swift", "events": \#(samples.count), "median_ns": \#(median), "p99_ns": \#(p99), "clock_ns": \#(clock)}"#)
