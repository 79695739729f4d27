// SPDX-License-Identifier: Apache-2.0

/// An event whose request is under way.
struct Flight: BitwiseCopyable {
  let event: QueuedEvent
  /// The breaker's number for it when it is a probe.
  let probe: UInt32?
  /// The concurrency limit's round in which it started.
  let round: UInt32
  let startedAt: Int64
  /// How long the process had stood still by then.
  let frozenBefore: Int64
}

/// The requests under way, each at a number that is used again when it has ended.
struct Flights: ~Copyable {
  /// Nil where a number is free.
  private var flights = List<Flight?>()
  private var free = List<Int>()

  init() {}

  deinit {
    for place in flights.elements { place?.event.freeIfApart() }
  }

  /// Makes sure that one more has a place. `false` when memory ran out.
  mutating func reserve() -> Bool { free.reserve(1) && (free.count > 0 || addNumber()) }

  private mutating func addNumber() -> Bool {
    guard free.reserve(flights.count + 1), flights.append(nil) else { return false }
    return free.append(flights.count - 1)
  }

  /// Within what was reserved. Returns its number.
  mutating func add(_ flight: Flight) -> Int {
    let number = free.removeLast() ?? 0
    flights.replace(number, with: flight)
    return number
  }

  /// Frees a number; nil when it was free.
  mutating func remove(_ number: Int) -> Flight? {
    guard let place = flights[number], let flight = place else { return nil }
    flights.replace(number, with: nil)
    // There is room for every number.
    _ = free.append(number)
    return flight
  }

  /// The number of one of them. Nil when there is none.
  var first: Int? {
    for number in 0..<flights.count {
      if let place = flights[number], place != nil { return number }
    }
    return nil
  }
}
