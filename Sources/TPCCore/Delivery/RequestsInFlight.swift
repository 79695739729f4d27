// SPDX-License-Identifier: Apache-2.0

/// An event whose request is in flight.
struct RequestInFlight: BitwiseCopyable {
  var event: QueuedEvent
  /// The breaker's number for it, if it is a probe.
  let probe: UInt32?
  /// The concurrency limit's round in which it started.
  let round: UInt32
  let startedAt: Int64
  /// How long the process had been suspended when the request started.
  let suspendedBeforeMilliseconds: Int64
}

/// The requests in flight, each with a number that is reused when it has ended.
struct RequestsInFlight: ~Copyable {
  /// Indexed by number; nil if the number is free.
  private var requests = GrowableArray<RequestInFlight?>()
  private var free = GrowableArray<Int>()

  init() {}

  deinit {
    for request in requests.elements { request?.event.freeIfApart() }
  }

  /// Reserves room for one more request. `false` when memory ran out.
  mutating func reserve() -> Bool { free.reserve(1) && (free.count > 0 || addNumber()) }

  private mutating func addNumber() -> Bool {
    guard free.reserve(requests.count + 1), requests.append(nil) else { return false }
    return free.append(requests.count - 1)
  }

  /// Adds a request, for which room was reserved. Returns its number.
  mutating func add(_ request: RequestInFlight) -> Int {
    let number = free.removeLast() ?? 0
    requests.replace(number, with: request)
    return number
  }

  /// Removes a request and frees its number; nil if the number was free.
  mutating func remove(_ number: Int) -> RequestInFlight? {
    guard let entry = requests[number], let request = entry else { return nil }
    requests.replace(number, with: nil)
    // Cannot fail: there is room for every number.
    _ = free.append(number)
    return request
  }

  /// Calls `body` with the event of each request, to be changed in place.
  mutating func forEach(_ body: (inout QueuedEvent) -> Void) {
    for number in 0..<requests.count {
      guard let entry = requests[number], var request = entry else { continue }
      body(&request.event)
      requests.replace(number, with: request)
    }
  }

  /// The lowest number in use; nil if there is none.
  var first: Int? {
    for number in 0..<requests.count {
      if let entry = requests[number], entry != nil { return number }
    }
    return nil
  }
}
