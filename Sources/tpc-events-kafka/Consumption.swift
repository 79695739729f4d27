// SPDX-License-Identifier: Apache-2.0

import CTPCKafka
import CTPCPOSIX
import TPCCore

/// The one loop: messages become batches, a batch is given to the child, and its offsets are committed when the child has answered
/// that all of it is delivered. While a batch is on its way, the next one is collected.
final class Consumption {
  /// How long a batch that is not full waits for more messages.
  private static let lingerMilliseconds = 50
  /// How long a batch may be on its way before no more messages are fetched: the endpoint is down.
  private static let patienceMilliseconds = 10_000
  /// How long a batch may take before its partitions go to somebody else, and at the end.
  private static let revokeMilliseconds = 3_000
  private static let endMilliseconds = 5_000
  private static let firstDelayMilliseconds = 200
  private static let longestDelayMilliseconds = 30_000
  private static let recommitMilliseconds = 200
  private static let tickMilliseconds = 100

  private let group = Group()
  private let signals: Signals
  private let replay: ReplayProgram
  private var child: Child
  private var inFlight: Batch?
  private var next = Batch()
  private var begunMilliseconds = 0
  /// When it was last tried to commit late.
  private var committedMilliseconds = 0
  /// When a new child may be started, and how long the one after that would wait.
  private var restartMilliseconds = 0
  private var delayMilliseconds = firstDelayMilliseconds

  init(_ arguments: ConsumeArguments, _ signals: Signals) {
    self.signals = signals
    replay = ReplayProgram(arguments.rest)
    child = replay.start()
    // They hold each other for as long as the process runs.
    group.willRevoke = { self.revoke($0, isLost: $1) }
  }

  /// Returns the exit code.
  func run(_ arguments: ConsumeArguments, _ settings: KafkaSettings) throws(Refusal) -> Int32 {
    // What is wrong with the child's flags is known before the group gives this process anything.
    while child.state == .starting, !signals.check() { wait(for: child) }
    if child.state == .broken, child.end(afterMilliseconds: Consumption.endMilliseconds) == 2 { return 2 }
    try group.join(settings, topics: arguments.topics)
    while !signals.check(), !group.isBroken {
      collect()
      commitLate()
      keepChild()
      beginBatch()
      wait(for: child)
      takeAnswer()
    }
    settle(withinMilliseconds: Consumption.endMilliseconds, heedingSignals: false)
    commitLast()
    group.leave(withinMilliseconds: Consumption.endMilliseconds)
    _ = child.end(afterMilliseconds: Consumption.endMilliseconds)
    return group.isBroken ? 3 : 0
  }

  // MARK: Batches

  /// Takes the messages that there are into the next batch. A group forgets a member that does not ask for messages: while nothing
  /// can be delivered, the member asks, and gets none.
  private func collect() {
    if inFlight != nil, nowMilliseconds() - begunMilliseconds > Consumption.patienceMilliseconds { group.pause(true) }
    while !next.isFull || group.isPaused {
      guard let message = group.take() else { return }
      next.add(message)
    }
  }

  private func beginBatch() {
    guard inFlight == nil, child.state == .idle, !next.isEmpty else { return }
    guard next.isFull || nowMilliseconds() - next.begunMilliseconds >= Consumption.lingerMilliseconds else { return }
    inFlight = next
    next = Batch()
    begunMilliseconds = nowMilliseconds()
    give()
  }

  /// Gives the batch to the child.
  private func give() {
    guard let inFlight else { return }
    if child.begin(inFlight) { child.exchange() }
  }

  private func takeAnswer() {
    guard child.state == .answered else { return }
    child.becomeIdle()
    delayMilliseconds = Consumption.firstDelayMilliseconds
    guard let done = inFlight else { return }
    inFlight = nil
    group.pause(false)
    guard let offsets = done.offsets() else { return }
    group.commit(offsets)
    rd_kafka_topic_partition_list_destroy(offsets)
  }

  /// Commits what could not be committed when it was delivered.
  private func commitLate() {
    guard group.hasUncommitted, nowMilliseconds() - committedMilliseconds >= Consumption.recommitMilliseconds else { return }
    committedMilliseconds = nowMilliseconds()
    group.commitDelivered()
  }

  /// The same at the end, where a rebalance that is going on may have to end first.
  private func commitLast() {
    let deadline = nowMilliseconds() + Consumption.endMilliseconds
    group.pause(true)
    while group.hasUncommitted, !group.isBroken, nowMilliseconds() < deadline {
      if let message = group.take() { rd_kafka_message_destroy(message) }
      commitLate()
      poll(nil, 0, 20)
    }
  }

  /// Ends the batch that is on its way, if that takes no longer.
  private func settle(withinMilliseconds patience: Int, heedingSignals: Bool) {
    let deadline = nowMilliseconds() + patience
    while inFlight != nil, child.state == .busy, nowMilliseconds() < deadline, !heedingSignals || !signals.check() {
      wait(for: child)
      takeAnswer()
    }
  }

  /// What is not answered by now is read again by whoever gets the partitions, and has the same ids.
  private func revoke(_ partitions: Group.Partitions, isLost: Bool) {
    if !isLost { settle(withinMilliseconds: Consumption.revokeMilliseconds, heedingSignals: true) }
    inFlight?.drop(partitions)
    next.drop(partitions)
  }

  // MARK: The child

  /// Starts a new child in place of one that ended, and gives it the batch that was not answered.
  private func keepChild() {
    if child.state == .broken {
      if restartMilliseconds == 0 {
        _ = child.end(afterMilliseconds: Consumption.endMilliseconds)
        Message("tpc-events ended; starting it again").write()
        restartMilliseconds = nowMilliseconds() + delayMilliseconds
        delayMilliseconds = min(delayMilliseconds * 2, Consumption.longestDelayMilliseconds)
      }
      guard nowMilliseconds() >= restartMilliseconds else { return }
      restartMilliseconds = 0
      child = replay.start()
    }
    // All of its partitions may be somebody else's by now.
    if child.state == .idle, inFlight?.isEmpty == true { inFlight = nil }
    if child.state == .idle, inFlight != nil { give() }
  }

  /// Waits a moment for the child, the group or a signal.
  private func wait(for child: Child) {
    let (input, output) = child.descriptors
    let wantsMessages = !next.isFull && !group.isPaused && child.state != .starting
    var descriptors = (
      input, output, pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wantsMessages ? group.descriptor : -1, events: Int16(POLLIN), revents: 0)
    )
    if child.state == .broken { descriptors.1.fd = -1 }
    let isLingering = inFlight == nil && !next.isEmpty
    let milliseconds = isLingering ? Consumption.lingerMilliseconds : Consumption.tickMilliseconds
    _ = withUnsafeMutablePointer(to: &descriptors) {
      $0.withMemoryRebound(to: pollfd.self, capacity: 4) { poll($0, 4, Int32(milliseconds)) }
    }
    child.exchange()
  }
}
