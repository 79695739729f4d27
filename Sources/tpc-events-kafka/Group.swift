// SPDX-License-Identifier: Apache-2.0

import CTPCKafka
import CTPCPOSIX
import TPCCore

/// This process's membership in the consumer group. Everything happens in the calls of one thread: librdkafka calls back only
/// within them.
final class Group {
  typealias Partitions = UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  private var kafka: OpaquePointer?
  /// Readable when there may be something to take.
  let descriptor: Int32
  private(set) var isPaused = false
  private var isLeaving = false
  /// Called before partitions are given up; `isLost` when somebody else may have them already.
  var willRevoke: (Partitions, _ isLost: Bool) -> Void = { _, _ in }
  /// Whether the consumer can no longer go on.
  private(set) var isBroken = false
  /// The error that was reported last, so that one that goes on is reported once.
  private var reported = RD_KAFKA_RESP_ERR_NO_ERROR

  init() { descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) }

  func join(_ settings: KafkaSettings, topics: [ConsumeArguments.Word]) throws(Refusal) {
    rd_kafka_conf_set_opaque(settings.configuration, Unmanaged.passUnretained(self).toOpaque())
    rd_kafka_conf_set_rebalance_cb(settings.configuration) { _, error, partitions, group in
      guard let group, let partitions else { return }
      Unmanaged<Group>.fromOpaque(group).takeUnretainedValue().rebalance(error, partitions)
    }
    var text = [CChar](repeating: 0, count: 512)
    let size = text.count
    kafka = text.withUnsafeMutableBufferPointer { rd_kafka_new(RD_KAFKA_CONSUMER, settings.configuration, $0.baseAddress, size) }
    guard let kafka, let list = rd_kafka_topic_partition_list_new(Int32(topics.count)) else {
      throw Refusal(Message("librdkafka does not take the settings: ").with(text.withUnsafeBufferPointer { Bytes(cString: $0.baseAddress) }))
    }
    defer { rd_kafka_topic_partition_list_destroy(list) }
    rd_kafka_poll_set_consumer(kafka)
    if let queue = rd_kafka_queue_get_consumer(kafka) {
      var one: UInt64 = 1
      rd_kafka_queue_io_event_enable(queue, descriptor, &one, MemoryLayout<UInt64>.size)
      rd_kafka_queue_destroy(queue)
    }
    for topic in topics { rd_kafka_topic_partition_list_add(list, topic, RD_KAFKA_PARTITION_UA) }
    let error = rd_kafka_subscribe(kafka, list)
    if error != RD_KAFKA_RESP_ERR_NO_ERROR { throw Refusal(Message("cannot subscribe: ").with(error)) }
  }

  // MARK: Messages

  /// The next message, which the caller frees; nil when there is none now.
  func take() -> UnsafeMutablePointer<rd_kafka_message_t>? {
    while let message = rd_kafka_consumer_poll(kafka, 0) {
      let error = message.pointee.err
      if error == RD_KAFKA_RESP_ERR_NO_ERROR {
        reported = error
        return message
      }
      report(error)
      rd_kafka_message_destroy(message)
    }
    var count: UInt64 = 0
    _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    return nil
  }

  private func report(_ error: rd_kafka_resp_err_t) {
    if error == RD_KAFKA_RESP_ERR__FATAL {
      isBroken = true
      var text = [CChar](repeating: 0, count: 512)
      let size = text.count
      let fatal = text.withUnsafeMutableBufferPointer { rd_kafka_fatal_error(kafka, $0.baseAddress, size) }
      Message("the consumer cannot go on: ").with(fatal).write()
    } else if error != RD_KAFKA_RESP_ERR__PARTITION_EOF, error != reported {
      reported = error
      Message("").with(error).write()
    }
  }

  /// Stops the fetching, or lets it go on. While it is stopped, `take` only keeps the membership alive.
  func pause(_ pauses: Bool) {
    guard pauses != isPaused else { return }
    isPaused = pauses
    var list: Partitions?
    guard rd_kafka_assignment(kafka, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return }
    if pauses { rd_kafka_pause_partitions(kafka, list) } else { rd_kafka_resume_partitions(kafka, list) }
    rd_kafka_topic_partition_list_destroy(list)
  }

  // MARK: Offsets

  /// What is delivered and not committed yet: nothing, unless the brokers cannot take it now, as in the middle of a rebalance.
  private let delivered = rd_kafka_topic_partition_list_new(8)
  private var isCommitReported = false

  var hasUncommitted: Bool { (delivered?.pointee.cnt ?? 0) > 0 }

  /// Commits offsets, and waits until that is done or cannot be done now.
  func commit(_ offsets: Partitions) {
    for index in 0..<Int(offsets.pointee.cnt) {
      let offset = offsets.pointee.elems[index]
      let known = rd_kafka_topic_partition_list_find(delivered, offset.topic, offset.partition)
      let entry = known ?? rd_kafka_topic_partition_list_add(delivered, offset.topic, offset.partition)
      entry?.pointee.offset = offset.offset
    }
    commitDelivered()
  }

  func commitDelivered() {
    guard hasUncommitted else { return }
    let error = rd_kafka_commit(kafka, delivered, 0)
    if error == RD_KAFKA_RESP_ERR_NO_ERROR {
      while hasUncommitted { rd_kafka_topic_partition_list_del_by_idx(delivered, 0) }
      isCommitReported = false
    } else if !isCommitReported, error != RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS {
      isCommitReported = true
      Message("cannot commit now; what is delivered may be sent again, with the same ids: ").with(error).write()
    }
  }

  /// Somebody else reads these partitions from what was committed last.
  private func forget(_ partitions: Partitions) {
    for index in 0..<Int(partitions.pointee.cnt) {
      let partition = partitions.pointee.elems[index]
      rd_kafka_topic_partition_list_del(delivered, partition.topic, partition.partition)
    }
  }

  // MARK: Partitions

  private func rebalance(_ error: rd_kafka_resp_err_t, _ partitions: Partitions) {
    let isCooperative = Bytes(cString: rd_kafka_rebalance_protocol(kafka)).matches("COOPERATIVE")
    switch error {
    case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
      if isCooperative { check(rd_kafka_incremental_assign(kafka, partitions)) } else { check(rd_kafka_assign(kafka, partitions)) }
      if isPaused { rd_kafka_pause_partitions(kafka, partitions) }
    case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
      if !isLeaving { willRevoke(partitions, rd_kafka_assignment_lost(kafka) != 0) }
      forget(partitions)
      if isCooperative { check(rd_kafka_incremental_unassign(kafka, partitions)) } else { check(rd_kafka_assign(kafka, nil)) }
    default:
      report(error)
      check(rd_kafka_assign(kafka, nil))
    }
  }

  private func check(_ failure: OpaquePointer?) {
    guard let failure else { return }
    report(rd_kafka_error_code(failure))
    rd_kafka_error_destroy(failure)
  }

  private func check(_ error: rd_kafka_resp_err_t) {
    if error != RD_KAFKA_RESP_ERR_NO_ERROR { report(error) }
  }

  /// Gives the partitions to the others at once, instead of letting them wait for the session's timeout, if the brokers answer in
  /// time. The consumer is not freed: the process ends, and librdkafka would wait for whatever still has one of its messages.
  func leave(withinMilliseconds patience: Int) {
    isLeaving = true
    guard let kafka, let queue = rd_kafka_queue_new(kafka) else { return }
    let deadline = nowMilliseconds() + patience
    check(rd_kafka_consumer_close_queue(kafka, queue))
    // What was fetched may still be in the queue, and rd_kafka_queue_poll_callback ends the process for a message.
    while rd_kafka_consumer_closed(kafka) == 0, nowMilliseconds() < deadline {
      if let message = rd_kafka_consume_queue(queue, 20) { rd_kafka_message_destroy(message) }
    }
  }
}
