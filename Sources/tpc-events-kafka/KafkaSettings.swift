// SPDX-License-Identifier: Apache-2.0

import CTPCKafka
import CTPCPOSIX
import TPCCore

/// librdkafka's settings: this program's own, then those of a file, of the environment and of -X, of which the later ones count.
/// A value is never shown, since it may be a password.
final class KafkaSettings {
  /// Whoever creates the consumer takes it over.
  let configuration: OpaquePointer

  private static let prefix = Bytes("TPC_KAFKA_")

  init(_ arguments: ConsumeArguments) throws(Refusal) {
    guard let configuration = rd_kafka_conf_new() else { throw Refusal(Message("memory ran out")) }
    self.configuration = configuration
    // A group that is new begins with what the topic has, so that nothing is left out.
    try set("auto.offset.reset", "earliest", from: "")
    // Partitions are given up before a member joins again, and not while it waits: what it commits in that time comes too late.
    try set("partition.assignment.strategy", "range,roundrobin", from: "")
    try set("queued.max.messages.kbytes", "16384", from: "")
    if let file = arguments.settingsFile { try read(file) }
    try readEnvironment()
    for setting in arguments.settings { try take(Bytes(cString: setting), from: "-X ") }
    // Offsets are committed when the events are delivered, and at no other time.
    try set("enable.auto.commit", "false", from: "")
    try set("enable.auto.offset.store", "false", from: "")
    try set("bootstrap.servers", Bytes(cString: arguments.brokers), from: "--brokers: ")
    try set("group.id", Bytes(cString: arguments.group), from: "--group: ")
    try set("client.id", "tpc-events-kafka", from: "")
  }

  private func set(_ name: StaticString, _ value: StaticString, from source: StaticString) throws(Refusal) {
    try set(name.bytes, value.bytes, from: source)
  }

  private func set(_ name: StaticString, _ value: Bytes, from source: StaticString) throws(Refusal) {
    try set(name.bytes, value, from: source)
  }

  private func set(_ name: Bytes, _ value: Bytes, from source: StaticString) throws(Refusal) {
    var text = [CChar](repeating: 0, count: 512)
    let size = text.count
    let result = KafkaSettings.withCString(name) { name in
      KafkaSettings.withCString(value) { value in
        text.withUnsafeMutableBufferPointer { rd_kafka_conf_set(configuration, name, value, $0.baseAddress, size) }
      }
    }
    if result == RD_KAFKA_CONF_UNKNOWN { throw Refusal(Message(source).with(name).with(": is not a setting of librdkafka")) }
    // librdkafka's own message has the value in it.
    if result != RD_KAFKA_CONF_OK { throw Refusal(Message(source).with(name).with(": has a value that librdkafka does not take")) }
  }

  /// A setting as key=value.
  private func take(_ setting: Bytes, from source: StaticString) throws(Refusal) {
    guard let equals = setting.firstIndex(of: UInt8(ascii: "=")), equals > 0 else {
      throw Refusal(Message(source).with("found a setting without a value; expected key=value"))
    }
    let name = KafkaSettings.trimmed(setting.part(0, equals))
    let own: [StaticString] = [
      "enable.auto.commit", "enable.auto.offset.store", "bootstrap.servers", "metadata.broker.list", "group.id",
    ]
    for own in own where name.matches(own) {
      throw Refusal(Message(source).with(name).with(": is set by tpc-events-kafka itself, as --brokers and --group have it"))
    }
    try set(name, KafkaSettings.trimmed(setting.part(equals + 1, setting.count)), from: source)
  }

  // MARK: Sources

  /// A setting a line, as key=value; a line that begins with # is a comment.
  private func read(_ path: UnsafePointer<CChar>) throws(Refusal) {
    guard let file = fopen(path, "re") else {
      throw Refusal(Message("--settings: cannot open ").with(Bytes(cString: path)).with(": ").with(Bytes(cString: strerror(tpc_posix_errno()))))
    }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var size = 0
    defer { free(line) }
    while true {
      let count = getline(&line, &size, file)
      guard count > 0 else { return }
      let text = KafkaSettings.trimmed(Bytes(cString: line))
      if text.isEmpty || text[0] == UInt8(ascii: "#") { continue }
      try take(text, from: "--settings: ")
    }
  }

  /// TPC_KAFKA_SASL_PASSWORD is sasl.password.
  private func readEnvironment() throws(Refusal) {
    var entry = tpc_posix_variables
    while let variable = entry?.pointee {
      let text = Bytes(cString: variable)
      entry = entry.map { $0 + 1 }
      guard KafkaSettings.isOwn(variable: text) else { continue }
      var setting: [UInt8] = []
      var isName = true
      for byte in text.part(KafkaSettings.prefix.count, text.count) {
        if byte == UInt8(ascii: "=") { isName = false }
        let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        setting.append(!isName ? byte : byte == UInt8(ascii: "_") ? UInt8(ascii: ".") : isCapital ? byte | 0x20 : byte)
      }
      let own = setting
      try own.withUnsafeBufferPointer { setting throws(Refusal) in try take(setting, from: "TPC_KAFKA_: ") }
    }
  }

  /// Whether a variable of the environment, as NAME=VALUE, is one of these settings, which are nobody else's.
  static func isOwn(variable: Bytes) -> Bool { variable.count > prefix.count && variable.part(0, prefix.count).matches(prefix) }

  private static func trimmed(_ text: Bytes) -> Bytes {
    var (start, end) = (0, text.count)
    while start < end, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
    while end > start, text[end - 1] <= 0x20 { end -= 1 }
    return text.part(start, end)
  }

  private static func withCString<Result>(_ text: Bytes, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    (text + [0]).withUnsafeBufferPointer { text in text.withMemoryRebound(to: CChar.self) { body($0.baseAddress) } }
  }
}
