// SPDX-License-Identifier: Apache-2.0

/// An event whose request is under way.
struct RequestInFlight: BitwiseCopyable {
  let event: QueuedEvent
  /// The breaker's number for it when it is a probe.
  let probe: UInt32?
  /// The concurrency limit's round in which it started.
  let round: UInt32
  let startedAt: Int64
  /// How long the process had stood still by then.
  let suspendedBefore: Int64
}

/// The requests under way, each at a number that is used again when it has ended.
struct RequestsInFlight: ~Copyable {
  /// Nil where a number is free.
  private var requests = GrowableArray<RequestInFlight?>()
  private var free = GrowableArray<Int>()

  init() {}

  deinit {
    for place in requests.elements { place?.event.freeIfApart() }
  }

  /// Makes sure that one more has a place. `false` when memory ran out.
  mutating func reserve() -> Bool { free.reserve(1) && (free.count > 0 || addNumber()) }

  private mutating func addNumber() -> Bool {
    guard free.reserve(requests.count + 1), requests.append(nil) else { return false }
    return free.append(requests.count - 1)
  }

  /// Within what was reserved. Returns its number.
  mutating func add(_ request: RequestInFlight) -> Int {
    let number = free.removeLast() ?? 0
    requests.replace(number, with: request)
    return number
  }

  /// Frees a number; nil when it was free.
  mutating func remove(_ number: Int) -> RequestInFlight? {
    guard let place = requests[number], let request = place else { return nil }
    requests.replace(number, with: nil)
    // There is room for every number.
    _ = free.append(number)
    return request
  }

  /// The number of one of them. Nil when there is none.
  var first: Int? {
    for number in 0..<requests.count {
      if let place = requests[number], place != nil { return number }
    }
    return nil
  }
}
