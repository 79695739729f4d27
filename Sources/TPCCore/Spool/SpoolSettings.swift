// SPDX-License-Identifier: Apache-2.0

/// The options of the spool.
struct SpoolSettings {
  enum Sender: Int { case own, shared, never }
  enum Sync: Int { case none, interval, always }

  var slots = 256
  var maximumAgeMilliseconds: Int64 = 86_400_000
  var sync = Sync.none
  var sender = Sender.own
  /// Whether this process empties the folder, and writes nothing there: for `tpc-events spool drain`.
  var drains = false

  /// Whether an event that the disk does not take is refused.
  var isRequired = false

  /// A file that may not grow to this size is not worth having.
  static let leastLimit = 64 << 10

  init() {}

  init(_ options: Options) {
    slots = Int(options.integer(.spoolMaxBytes)) / SpoolPlace.segmentBytes
    maximumAgeMilliseconds = options.integer(.spoolMaxAge)
    sync = Sync(rawValue: options.choice(.spoolSync)) ?? .none
    sender = Sender(rawValue: options.choice(.spoolSender)) ?? .own
    isRequired = sync == .always
  }
}
