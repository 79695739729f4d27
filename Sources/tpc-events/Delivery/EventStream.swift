// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Sends the events of many lines to the endpoint at full speed, or prints them for `--dry-run`. Knows the line of each event
/// until its report has come, and accounts for every one.
final class EventStream {
  enum Destination {
    case endpoint(Client)
    case spool(Client)
    case output(EventPreview)
    /// A client that only makes the events of web requests.
    case rehearsal(Client)
  }

  /// What is written to the file of --rejected for an event that was not delivered.
  enum Kept {
    /// The line that it was made of.
    case line
    /// The event as it was sent, with its id, so that sending it again can be told to be a repetition.
    case event
  }

  let destination: Destination
  let lines: InputLines
  let interruption = Interruption()
  var rejected: LineFile?
  /// Those that the run writes: each is flushed now and then, and finished at the end.
  var files: [LineFile] = []
  let kept: Kept
  let complaints = Complaints("events that were not delivered")
  let outstanding = OutstandingLines()
  var answered = AnsweredLines()
  let confirmation: Confirmation?
  let nothingExpires: Bool
  let reportCapacity: Int
  let progress = Progress()
  let watch = Stopwatch()
  var counts = EventCounts()
  var id = ByteBuffer()
  var sinceTick = 0
  var patience: Patience
  var flushed = Stopwatch()
  /// The last answer to an event that was not delivered; 0 for none.
  var httpStatus = 0
  var stop: StreamStop?
  var hasLineLeft = false
  /// Whether the run ends when the endpoint refuses everything, and has taken nothing yet.
  var endsWhenMisconfigured: Bool

  /// Every line up to this one is answered for: its events were delivered or rejected, or it made none. Events that expired or were
  /// abandoned, and those of a run that was interrupted, are not answered for.
  var answeredThrough: Int { answered.answeredThrough }

  static let flushMilliseconds = 1_000
  /// How many lines may follow one that is not answered. Each takes a few bytes.
  static let mostKept = 1 << 20
  static let waitMilliseconds = 200
  /// How long a disk may fail before events are given up.
  var diskPatience = 3_000
  /// How long an interrupted run waits for what is pending.
  static let interruptedSeconds = 5

  /// With a client that only writes, events are put into its spool. `makesRequests` is for lines that are web requests. Where the
  /// lines are kept elsewhere until they are answered for, `nothingExpires`: an event waits for as long as the core can, whatever
  /// delivery_timeout_ms is, and if even that is not long enough, the run ends, so that a later one reads the line again.
  init(
    _ arguments: Arguments, _ lines: InputLines, spooling client: Client? = nil, keeping kept: Kept = .line, makesRequests: Bool = false,
    nothingExpires: Bool = false
  ) throws(UsageError) {
    self.lines = lines
    self.kept = kept
    patience = Patience(milliseconds: try arguments.milliseconds(.timeout))
    confirmation = try Confirmation.make(arguments)
    self.nothingExpires = nothingExpires || confirmation != nil
    endsWhenMisconfigured = !self.nothingExpires
    var options = arguments.options
    // A report for every event that may be pending, so that none is lost.
    reportCapacity = Int(min(max(options.integer(.queueMaxEvents), options.integer(.reportCapacity)), 10_000_000))
    do throws(Failure) {
      if arguments.has(.dryRun) {
        if makesRequests {
          try options.set(.dryRun, Bytes("true"))
          destination = .rehearsal(try Client(options))
        } else {
          destination = .output(try EventPreview(options))
        }
      } else if let client {
        destination = .spool(client)
      } else {
        var capacity = ByteBuffer()
        _ = capacity.append(decimal: reportCapacity)
        try options.set(.reportCapacity, capacity.bytes)
        if self.nothingExpires { try options.setLongestDeliveryTimeout() }
        destination = .endpoint(try Client(options))
      }
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    lines.wait.wakeDescriptor = interruption.descriptor
    // Reader and stream hold each other for as long as the process runs.
    lines.wait.whileWaiting = { self.tick() }
    rejected = try openFile(.rejected, columns: 4, arguments)
  }

  /// Opens the file that a flag names, for rows of so many columns; nil without the flag.
  func openFile(_ flag: Flag, columns: Int, _ arguments: Arguments) throws(UsageError) -> LineFile? {
    guard let file = try LineFile.make(flag, columns: columns, arguments, besides: lines, interruption) else { return nil }
    files.append(file)
    return file
  }

  var isDryRun: Bool {
    switch destination {
    case .output, .rehearsal: return true
    case .endpoint, .spool: return false
    }
  }

  /// The client that makes events of web requests; nil without one.
  var requestClient: Client? {
    switch destination {
    case .endpoint(let client), .spool(let client), .rehearsal(let client): return client
    case .output: return nil
    }
  }

  /// Whether the events are only written to a spool.
  var isSpooled: Bool {
    if case .spool = destination { return true }
    return false
  }

  /// How many lines were taken, which are the first ones of the input.
  var takenLines: Int { hasLineLeft ? lines.count - 1 : lines.count }
}


extension Options {
  fileprivate mutating func setLongestDeliveryTimeout() throws(Failure) {
    guard case .integer(let range) = OptionTable.row(.deliveryTimeout).kind else { return }
    try Digits.decimal(Int(range.upperBound)).withUnsafeBufferPointer { text throws(Failure) in try set(.deliveryTimeout, text) }
  }
}
