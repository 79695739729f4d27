// SPDX-License-Identifier: Apache-2.0

import CTPCKafka
import CTPCPOSIX
import TPCCore

/// Messages that are handed to the tool together, and whose offsets are committed together. It keeps them until then: a new
/// child is given them again.
final class Batch {
  private static let mostMessages = 1000
  private static let mostBytes = 4 * 1024 * 1024

  private var messages: [UnsafeMutablePointer<rd_kafka_message_t>] = []
  private var bytes = 0
  /// When the first message was added.
  private(set) var begunMilliseconds = 0

  deinit { for message in messages { rd_kafka_message_destroy(message) } }

  var isEmpty: Bool { messages.isEmpty }
  var isFull: Bool { messages.count >= Batch.mostMessages || bytes >= Batch.mostBytes }

  /// Takes over a message.
  func add(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
    if messages.isEmpty { begunMilliseconds = nowMilliseconds() }
    messages.append(message)
    bytes += message.pointee.len
  }

  /// Lets go of the messages of partitions that are somebody else's now. Their offsets are not committed.
  func drop(_ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
    var kept: [UnsafeMutablePointer<rd_kafka_message_t>] = []
    bytes = 0
    for message in messages {
      let topic = rd_kafka_topic_name(message.pointee.rkt)
      if rd_kafka_topic_partition_list_find(partitions, topic, message.pointee.partition) == nil {
        kept.append(message)
        bytes += message.pointee.len
      } else {
        rd_kafka_message_destroy(message)
      }
    }
    messages = kept
  }

  /// For each partition, the offset after its last message. The caller frees the list.
  func offsets() -> UnsafeMutablePointer<rd_kafka_topic_partition_list_t>? {
    guard let list = rd_kafka_topic_partition_list_new(8) else { return nil }
    for message in messages {
      let (topic, partition) = (rd_kafka_topic_name(message.pointee.rkt), message.pointee.partition)
      let found = rd_kafka_topic_partition_list_find(list, topic, partition)
      let entry = found ?? rd_kafka_topic_partition_list_add(list, topic, partition)
      entry?.pointee.offset = max(entry?.pointee.offset ?? 0, message.pointee.offset + 1)
    }
    return list
  }

  // MARK: Lines

  /// Appends the lines of all messages, each with its identity and a tab. Returns how many there are; nil when memory ran out.
  func appendLines(to text: inout ByteBuffer) -> Int? {
    var count = 0
    for message in messages {
      guard let added = Batch.appendLines(of: message, to: &text) else { return nil }
      count += added
    }
    return count
  }

  private static func appendLines(of message: UnsafeMutablePointer<rd_kafka_message_t>, to text: inout ByteBuffer) -> Int? {
    guard let payload = message.pointee.payload else { return 0 }
    let rest = Bytes(start: payload.assumingMemoryBound(to: UInt8.self), count: message.pointee.len)
    var (start, number, count) = (0, 0, 0)
    while start < rest.count {
      let newline = memchr(rest.baseAddress! + start, 0x0A, rest.count - start)
      let end = newline.map { $0 - UnsafeMutableRawPointer(mutating: UnsafeRawPointer(rest.baseAddress!)) } ?? rest.count
      number += 1
      let line = rest.part(start, end)
      start = end + 1
      if line.isEmpty || line.count == 1 && line[0] == 0x0D { continue }
      guard appendIdentity(of: message, line: number, to: &text), text.append(line), text.append("\n") else { return nil }
      count += 1
    }
    return count
  }

  /// Topic, partition and offset, the message's time, since the offsets of a topic that is made anew begin anew, and the number of
  /// the line, from the second one on.
  private static func appendIdentity(
    of message: UnsafeMutablePointer<rd_kafka_message_t>, line: Int, to text: inout ByteBuffer
  ) -> Bool {
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let time = rd_kafka_message_timestamp(message, &kind)
    guard text.append(Bytes(cString: rd_kafka_topic_name(message.pointee.rkt))) else { return false }
    for number in [Int(message.pointee.partition), Int(message.pointee.offset), Int(time)] {
      guard text.append("/"), text.append(decimal: number) else { return false }
    }
    if line > 1 { guard text.append("/"), text.append(decimal: line) else { return false } }
    return text.append("\t")
  }
}
