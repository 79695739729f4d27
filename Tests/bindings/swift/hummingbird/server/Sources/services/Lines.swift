// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import ServiceLifecycle
import TPC

/// Prints each line as "name level text".
struct Printing: LogHandler {
  let name: String
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .trace
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }
  func log(event: LogEvent) { say("\(name) \(event.level) \(event.message)") }
}

func logged(as name: String, _ change: (inout Configuration) -> Void = { _ in }) throws -> PageVisits {
  var configuration = Configuration()
  configuration.logger = Logger(label: name) { Printing(name: $0) }
  change(&configuration)
  return try PageVisits(configuration)
}

/// Tracks with as many senders as there are names, to the end, and after it.
func lines(_ names: [String]) async throws {
  for name in names {
    let visits = try logged(as: name)
    try track(20, with: visits)
    try await visits.flush(timeout: .seconds(1))
    await visits.close(timeout: .zero)
    // Asks for what is not kept: a warning.
    for await _ in visits.reports {}
    do { try visits.track(Visit(href: "https://example.com/")) } catch { say("\(name) refused \(error.code)") }
    _ = visits.statistics
  }
}

/// More lines than are kept until the next call.
func manyLines() async throws {
  // Those without a logger take no lines.
  var configuration = Configuration()
  configuration.logDescriptor = -1
  let senders = try (0..<20).map { _ in try PageVisits(configuration) }
  for visits in senders { try track(1, with: visits) }
  for visits in senders {
    while !visits.isMisconfigured { try await Task.sleep(for: .milliseconds(5)) }
  }
  _ = try logged(as: "many").statistics
  for visits in senders { await visits.close(timeout: .zero) }
}

/// A server without visitors after its first: prints what is logged, until SIGTERM.
func quiet() async throws {
  let visits = try logged(as: "quiet")
  try track(1, with: visits)
  say("running as process \(getpid())")
  try await ServiceGroup(services: [visits], gracefulShutdownSignals: [.sigterm], logger: Logger(label: "group")).run()
}

/// Ends without another call after the lines came.
func untaken() throws {
  let visits = try logged(as: "untaken") { $0.exitTimeout = .seconds(2) }
  try track(1, with: visits)
}
