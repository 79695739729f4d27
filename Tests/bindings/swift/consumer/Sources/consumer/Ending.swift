// SPDX-License-Identifier: Apache-2.0

import CFork
import Foundation
import TPC

/// At exit, visits are still queued.
func exitAtOnce() throws {
  let count = ProcessInfo.processInfo.environment["VISITS"].flatMap { Int($0) } ?? 1
  let visits = try PageVisits()
  for number in 0..<count { try visits.track(visit(number)) }
  exit(0)
}

/// The endpoint does not answer, and the environment asks for a long wait.
func exitWithoutWaiting() throws {
  var configuration = Configuration()
  configuration.exitTimeout = .zero
  let visits = try PageVisits(configuration)
  for number in 0..<20 { try visits.track(visit(number)) }
  exit(0)
}

private func threads() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0 }

private func descriptors() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0 }

private func isSender(_ thread: String) -> Bool {
  ((try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)) ?? "").hasPrefix("tpc-")
}

/// Returns when the library has no thread any more.
private func senders(areAtMost count: Int) async throws {
  while true {
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    if threads.count(where: isSender) <= count { return }
    try await Task.sleep(for: .milliseconds(1))
  }
}

/// A `PageVisits` that leaves its scope with a queue: it delivers it, and its thread ends. The process does not exit meanwhile.
func leaveScope() async throws {
  func track() throws {
    let visits = try PageVisits()
    for number in 0..<20 { try visits.track(visit(number)) }
  }
  try track()
  say("left")
  // Until the test has seen the visits arrive.
  _ = readLine()
  try await senders(areAtMost: 0)
  say("ended")
  _exit(0)
}

/// 2,000 are made and dropped, of which some have something to deliver: more than there are slots.
func dropMany() async throws {
  func make(_ number: Int, isUsed: Bool) throws {
    let visits = try PageVisits()
    if isUsed { try visits.track(visit(number)) }
  }
  // What the first one starts, stays: libcurl's, OpenSSL's and Swift's own. Dispatch opens its descriptors at the first sleep, which
  // `senders` needs only if it finds some.
  try await Task.sleep(for: .milliseconds(1))
  try make(0, isUsed: true)
  try await senders(areAtMost: 0)
  let before = (threads: threads(), descriptors: descriptors())
  for number in 1..<2_000 {
    try make(number, isUsed: number % 10 == 0)
    if number % 100 == 0 { try await senders(areAtMost: 0) }
  }
  try await senders(areAtMost: 0)
  expect(threads() <= before.threads + 8, "threads: found \(threads()); expected about \(before.threads)")
  expect(descriptors() <= before.descriptors, "descriptors: found \(descriptors()); expected \(before.descriptors)")
}

/// Two of one name share a queue and its counters; closing one closes both.
func shareByName() async throws {
  var configuration = Configuration()
  configuration.name = "site"
  let first = try PageVisits(configuration)
  let second = try PageVisits(configuration)
  var other = configuration
  other.name = "another site"
  let third = try PageVisits(other)
  try first.track(visit(1))
  try second.track(visit(2))
  try third.track(visit(3))
  let pending = try await first.flush(timeout: .seconds(60))
  expectEqual(pending, 0, "pending")
  expectEqual(first.statistics.accepted, 2, "accepted by the first")
  expectEqual(second.statistics, first.statistics, "the counters of both")
  expectEqual(third.statistics.accepted, 1, "accepted by the one of another name")
  await first.close(timeout: .seconds(60))
  do {
    try second.track(visit(4))
    expect(false, "the second is still open")
  } catch {
    expectEqual(error.code, .closed, "the second's error")
  }
  let undelivered = await second.close()
  expectEqual(undelivered, 0, "undelivered by the second close")
  let next = try PageVisits(configuration)
  try next.track(visit(5))
  await next.close(timeout: .seconds(60))
  await third.close(timeout: .seconds(60))
}

/// The child tracks its own and exits; the parent's are still queued then.
func forkOnce() throws {
  let visits = try PageVisits()
  for number in 0..<10 { try visits.track(visit(number)) }
  let child = fork_process()
  for number in 0..<10 { try visits.track(visit((child == 0 ? 200 : 100) + number)) }
  if child != 0 { expectEqual(exit_code_of(child), 0, "the child's exit code") }
  exit(0)
}

/// Forks at the moment at which the first visit's sender starts.
func forkAtOnce() throws {
  let visits = try PageVisits()
  try visits.track(visit(0))
  let child = fork_process()
  try visits.track(visit(child == 0 ? 2 : 1))
  if child != 0 { expectEqual(exit_code_of(child), 0, "the child's exit code") }
  exit(0)
}
