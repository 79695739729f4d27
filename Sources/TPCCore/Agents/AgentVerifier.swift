// SPDX-License-Identifier: Apache-2.0

import CTPCJansson
import Synchronization

/// Keeps what the files of one folder say: the networks of agents (`ai_ranges_dir`), by which a visit's address is judged, or their
/// keys (`ai_keys_dir`). When the files change, the sender thread reads them again and replaces what is known as a whole.
///
/// The host's threads never wait: they count themselves in and out. What was replaced is freed when nobody is inside, and not at all
/// if somebody always is, or if a fork left one counted who does not exist in the child.
final class AgentVerifier: @unchecked Sendable {
  private let option: Option
  /// The folder's path, and a NUL.
  private let path: [UInt8]
  private let maximumAgeSeconds: Int64
  /// The `AgentRanges` in force, retained.
  private let current: Atomic<UInt>
  /// How many of the host's threads may be looking at it, or at the one before.
  private let inside = Atomic<Int>(0)

  // Only the sender uses these, and a process has one.
  private var seen = UInt64.max
  private var nextLook: Int64 = 0
  /// Whether the log says that a file is too old.
  private var hasToldAge = false
  /// What was in force before, retained, until nobody is inside; 0 if there is none.
  private var replaced: UInt = 0

  /// How often the folder is looked at, at most.
  static let pauseMilliseconds: Int64 = 60_000

  /// Nil if the options name no folder. Fails with `invalidOption` or `noMemory`.
  @inline(never)
  static func verifier(_ options: Options, _ option: Option = .aiRangesFolder, now: Int64) throws(Failure) -> AgentVerifier? {
    guard options.isSet(option) else { return nil }
    // The first object that jansson makes takes a lock, which a child must not find taken by a sender that it does not have.
    json_object_seed(0)
    let verifier = AgentVerifier(options, option)
    let folder = AgentRangesFolder(option)
    guard verifier.refresh(now, folder) else { throw folder.file.failure }
    return verifier
  }

  private init(_ options: Options, _ option: Option) {
    self.option = option
    var path = options.text(option)
    path.append(0)
    self.path = path
    maximumAgeSeconds = options.integer(.aiRangesMaxAge) * 86_400
    current = Atomic(AgentVerifier.retained(AgentRanges()))
  }

  deinit {
    free()
    AgentVerifier.ranges(at: current.load(ordering: .acquiring)).release()
  }

  private static func retained(_ ranges: AgentRanges) -> UInt { UInt(bitPattern: Unmanaged.passRetained(ranges).toOpaque()) }

  private static func ranges(at address: UInt) -> Unmanaged<AgentRanges> {
    // `retained` never returns zero.
    Unmanaged.fromOpaque(UnsafeRawPointer(bitPattern: address).unsafelyUnwrapped)
  }

  /// When the oldest file that counts was last changed, in seconds since 1970.
  private var oldest: Int64 {
    @inline(never) get { Clock.wall() / 1000 - maximumAgeSeconds }
  }

  // MARK: The host's threads

  /// What the address says about a visit that names the agent; nil if nothing is known.
  @inline(never)
  func finding(_ agent: AIAgent, _ address: IPAddress) -> AgentVerification? {
    let oldest = oldest
    return look { $0.holds(address, of: agent, oldest: oldest) }.map { AgentVerification(isVerified: $0, evidence: .ip) }
  }

  /// What `body` finds in what is in force.
  func look(_ body: (AgentRanges) -> Bool?) -> Bool? {
    inside.wrappingAdd(1, ordering: .sequentiallyConsistent)
    let ranges = AgentVerifier.ranges(at: current.load(ordering: .sequentiallyConsistent))
    let found = ranges._withUnsafeGuaranteedRef(body)
    inside.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    return found
  }

  // MARK: The sender

  /// Looks at the folder, if the last look was long enough ago, and reads it if it has changed. What is wrong is told once, and
  /// leaves the old in force; that a file is too old is told once, too. Returns the milliseconds until the next look.
  @inline(never)
  func look(now: Int64, _ log: Log) -> Int64 {
    if now < nextLook { return nextLook - now }
    let folder = AgentRangesFolder(option)
    if !refresh(now, folder), !folder.file.refusal.isEmpty {
      log.write(.warn) {
        $0.add(OptionTable.row(option).name)
        $0.add(": ")
        $0.add(folder.file.refusal)
        $0.add("; what was read before stays in force")
      }
    }
    let oldest = oldest
    let isOld = look { $0.isAnyOld(oldest) } ?? false
    if isOld && !hasToldAge {
      log.write(.warn) { $0.add("ai_ranges_dir: a file is older than ai_ranges_max_age_days and counts as missing") }
    }
    hasToldAge = isOld
    return AgentVerifier.pauseMilliseconds
  }

  /// Returns `false` if the folder cannot be used, unless that was so at the last time, too.
  @inline(never)
  private func refresh(_ now: Int64, _ folder: AgentRangesFolder) -> Bool {
    nextLook = now + AgentVerifier.pauseMilliseconds
    free()
    return path.withUnsafeBytes {
      guard let start = $0.baseAddress?.assumingMemoryBound(to: CChar.self) else { return false }
      let isThere = folder.read(start, onlyLooks: true)
      if folder.state == seen { return true }
      let isRead = isThere && folder.read(start, onlyLooks: false)
      // Without memory, it is tried again.
      if isRead || !folder.file.refusal.isEmpty { seen = folder.state }
      guard isRead else { return false }
      // One that somebody is still inside is leaked rather than waited for.
      replaced = current.exchange(AgentVerifier.retained(folder.ranges), ordering: .sequentiallyConsistent)
      free()
      return true
    }
  }

  @inline(never)
  private func free() {
    let old = replaced
    guard old != 0, inside.load(ordering: .sequentiallyConsistent) == 0 else { return }
    // A child that is forked in between must not free it again.
    replaced = 0
    AgentVerifier.ranges(at: old).release()
  }
}
