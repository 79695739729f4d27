// SPDX-License-Identifier: Apache-2.0

import CJansson
import Synchronization

/// Tells by a visit's address whether it is the agent's that it names. The networks that are known come from the folder that
/// `ai_ranges_dir` names; when its files change, the sender thread reads them again and replaces them as a whole.
///
/// The host's threads never wait: they count themselves in and out. What was replaced is freed when nobody is inside. If somebody
/// always is, it is not freed at all. A forked child counts anew, since a thread that was inside may not exist there, and never
/// frees what its parent read.
final class AgentVerifier: @unchecked Sendable {
  private let path: [UInt8]
  private let maximumAgeMilliseconds: Int64
  /// The `AgentRanges` in force, retained.
  private let current: Atomic<UInt>
  /// The process, by its fork generation, and how many of its threads are inside.
  private let inside = Atomic<UInt64>(0)

  // Only the sender uses these, and a process has one.
  private var seen: UInt64
  private var nextLook: Int64
  private var replaced: AgentRanges?
  private var hasToldAge = false

  /// How often the folder is looked at, at most.
  static let pauseMilliseconds: Int64 = 60_000

  /// Nil if the options name no folder. Fails with `invalidOption` or `noMemory`.
  static func verifier(_ options: Options, now: Int64) throws(Failure) -> AgentVerifier? {
    guard options.isSet(.aiRangesFolder) else { return nil }
    // The first object that jansson makes takes a lock, which a child must not find taken by a sender that it does not have.
    json_object_seed(0)
    let path = options.text(.aiRangesFolder)
    let ranges = AgentRanges()
    let state = try AgentRangesFolder.read(path, into: ranges)
    return AgentVerifier(path, options.integer(.aiRangesMaxAge), ranges, state, now: now)
  }

  private init(_ path: [UInt8], _ maximumAgeDays: Int64, _ ranges: AgentRanges, _ state: UInt64, now: Int64) {
    self.path = path
    maximumAgeMilliseconds = maximumAgeDays * 86_400_000
    current = Atomic(AgentVerifier.retained(ranges))
    seen = state
    nextLook = now + AgentVerifier.pauseMilliseconds
  }

  deinit { AgentVerifier.ranges(at: current.load(ordering: .acquiring)).release() }

  private static func retained(_ ranges: AgentRanges) -> UInt { UInt(bitPattern: Unmanaged.passRetained(ranges).toOpaque()) }

  private static func ranges(at address: UInt) -> Unmanaged<AgentRanges> {
    // `retained` never returns zero.
    Unmanaged.fromOpaque(UnsafeRawPointer(bitPattern: address).unsafelyUnwrapped)
  }

  // MARK: The host's threads

  /// What the address says about a visit that names the agent; nil if nothing is known.
  @inline(never)
  func finding(_ agent: AIAgent, _ address: IPAddress) -> AgentVerification? {
    let forks = UInt64(ForkDetector.generation)
    count(1, forks)
    defer { count(-1, forks) }
    let oldest = Clock.wall() - maximumAgeMilliseconds
    let ranges = AgentVerifier.ranges(at: current.load(ordering: .sequentiallyConsistent))
    return ranges._withUnsafeGuaranteedRef { $0.holds(address, of: agent, oldest: oldest) }
      .map { AgentVerification(isVerified: $0, evidence: .ip) }
  }

  /// Counts a thread of a process in or out. Who came in before a fork is not counted out of the child.
  @inline(never)
  private func count(_ change: Int64, _ forks: UInt64) {
    var word = inside.load(ordering: .relaxed)
    while true {
      let isOwn = word >> 32 == forks
      if !isOwn && change < 0 { return }
      let next = UInt64(bitPattern: Int64(bitPattern: isOwn ? word : forks << 32) &+ change)
      let (isDone, found) = inside.compareExchange(expected: word, desired: next, ordering: .sequentiallyConsistent)
      if isDone { return }
      word = found
    }
  }

  // MARK: The sender

  /// Looks at the folder, if the last look was long enough ago, and reads it if it has changed. What is wrong is told once, and
  /// leaves the old in force.
  @inline(never)
  func look(now: Int64, _ log: Log) {
    guard now >= nextLook else { return }
    nextLook = now + AgentVerifier.pauseMilliseconds
    freeReplaced()
    var state: UInt64 = 0
    do throws(Failure) {
      state = try AgentRangesFolder.read(path, into: nil)
      guard state != seen else { return }
      let ranges = AgentRanges()
      let read = try AgentRangesFolder.read(path, into: ranges)
      replace(ranges)
      seen = read
    } catch {
      // Without memory, it is tried again.
      guard state != seen, error.status == .invalidOption else { return }
      seen = state
      log.write(.warn) {
        $0.add(error.field)
        $0.add(": ")
        $0.add(error.message)
        $0.add("; what was read before stays in force")
      }
    }
  }

  private func replace(_ ranges: AgentRanges) {
    let former = current.exchange(AgentVerifier.retained(ranges), ordering: .sequentiallyConsistent)
    // One that somebody is still inside is leaked rather than waited for.
    if let replaced { _ = Unmanaged.passRetained(replaced) }
    replaced = AgentVerifier.ranges(at: former).takeRetainedValue()
    freeReplaced()
  }

  private func freeReplaced() {
    guard let replaced else { return }
    let (forks, word) = (UInt64(ForkDetector.generation), inside.load(ordering: .sequentiallyConsistent))
    let isFree = UInt64(replaced.forks) == forks && (word >> 32 != forks || word & 0xFFFF_FFFF == 0)
    if isFree { self.replaced = nil }
  }
}
