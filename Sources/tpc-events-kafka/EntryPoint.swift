// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The start of the process; SwiftPM links an executable with `main` as another name for `<module>_main`.
@_cdecl("tpc_events_kafka_main")
func entryPoint(_ count: Int32, _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  do throws(Refusal) {
    var words: [ConsumeArguments.Word] = []
    for index in 1..<max(1, Int(count)) { if let word = values[index] { words.append(word) } }
    let arguments = try ConsumeArguments(words)
    if arguments.wantsHelp { return printed(help) }
    if arguments.wantsVersion { return printed("tpc-events-kafka ", Version.text, "\n") }
    let signals = Signals()
    let settings = try KafkaSettings(arguments)
    return try Consumption(arguments, signals).run(arguments, settings)
  } catch {
    error.message.with("; see tpc-events-kafka --help").write()
    return 2
  }
}

private func printed(_ texts: StaticString...) -> Int32 {
  for text in texts { Message.write([UInt8](text.bytes), to: 1) }
  return 0
}

private let help: StaticString = """
  tpc-events-kafka sends the page visits of logs that are in Kafka to The Prompting Company.

  Usage:
    tpc-events-kafka consume --brokers LIST --topic NAME --group NAME [FLAGS]
    tpc-events-kafka --version

  Reads the messages of the topic as a member of a consumer group. A message is a line of an access log, or several. They go
  to "tpc-events replay", which also takes all other flags, such as --site and --format; see "tpc-events replay --help". A
  message's offset is committed when its visits are delivered or rejected. So nothing is lost: while the endpoint is down, the lines
  stay in Kafka. What is read again has the same event ids.

  Start as many processes as there are partitions, or fewer. SIGTERM ends one in an orderly way.

  Flags:
    --brokers LIST              brokers to begin with, such as kafka1.example.com:9092,kafka2.example.com:9092
    --topic NAME                the topic that the lines are in; repeatable; a regular expression where it begins with ^
    --group NAME                the consumer group
    -X KEY=VALUE                a setting of librdkafka, such as security.protocol=SASL_SSL; repeatable
    --settings FILE             a file of such settings, one a line
    --help                      show this help
    --version                   show the version

  The environment has settings too: TPC_KAFKA_SASL_PASSWORD is sasl.password. Other users of the machine cannot see it there.

  Exit codes:
    0  ended by a signal
    2  wrong usage, or settings that librdkafka or tpc-events does not take
    3  the consumer could not go on

  """
