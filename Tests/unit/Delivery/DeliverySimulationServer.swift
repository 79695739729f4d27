// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import TPCCore

/// What a simulated server does with one request, and how long it takes.
struct SimulatedAnswer {
  var result: RequestResult
  var delay: Int64
  /// The server took the event: its answer may be lost all the same.
  var isRecorded: Bool

  init(_ result: RequestResult, after delay: Int64, isRecorded: Bool? = nil) {
    self.result = result
    self.delay = delay
    self.isRecorded = isRecorded ?? result.isSuccess
  }
}

/// What an answer means for its event, written down as the documents have it.
enum SimulatedFate {
  case delivered, rejected, again, againAtOnce

  static let misconfigured = Set(300...399).union([401, 403, 404, 407])

  init(_ result: RequestResult, isFirst: Bool, wasSuspended: Bool) {
    switch (result.httpStatus, result.shouldRetry) {
    case (0, _): self = wasSuspended || result.isStaleConnection && isFirst ? .againAtOnce : .again
    case (200...299, _): self = .delivered
    case (_, true?): self = .again
    case (_, false?): self = .rejected
    case (let status, nil) where SimulatedFate.misconfigured.contains(status): self = .again
    case (408, nil), (409, nil), (425, nil), (429, nil): self = .again
    case (501, nil), (505, nil), (400...499, nil): self = .rejected
    default: self = .again
    }
  }
}

/// A server of changing moods, and the wall clocks of its machine and of ours.
struct SimulatedServer {
  enum Mood: CaseIterable {
    case healthy, slow, odd, failing, throttling, misconfigured, silent, resetting, stale, rejecting, losing, anyStatus, mixed
  }

  private let moods: [Mood]
  /// How long each lasts, from `start`.
  private let length: Int64
  private let start: Int64
  /// What our wall clock shows at the simulation's time 0, one for each mood: it is stepped by years.
  private let walls: [Int64]
  /// What the server's wall clock shows.
  private let serverWall: Int64
  /// How the header was read, where that differs from what it says.
  private(set) var misread: String?

  init(start: Int64, _ random: inout Random) {
    self.start = start
    moods = (0..<40).map { _ in random.pick(Mood.allCases) }
    length = Int64.random(in: 200...30_000, using: &random)
    let wall = Int64.random(in: 631_152_000_000...4_102_444_800_000, using: &random)
    serverWall = wall
    let isStepped = random.pick([true, false, false])
    walls = moods.map { _ in
      isStepped ? Int64.random(in: 631_152_000_000...4_102_444_800_000, using: &random) : wall
    }
  }

  /// Nobody finds it ill any more.
  static let well: DeliverySimulation.Server = { _, _ in SimulatedAnswer(.answer(200), after: 10) }

  mutating func answer(_ now: Int64, _ random: inout Random) -> SimulatedAnswer {
    let index = Int((now - start) / length)
    guard index < moods.count else { return SimulatedServer.well(now, &random) }
    let quick = Int64.random(in: 0...200, using: &random)
    switch moods[index] {
    case .healthy: return SimulatedAnswer(.answer(200), after: quick)
    case .slow: return SimulatedAnswer(.answer(200), after: Int64.random(in: 0...12_000, using: &random))
    case .odd: return SimulatedAnswer(.answer(random.pick([200, 201, 204, 299]), isOdd: random.pick([true, false])), after: quick)
    case .failing: return SimulatedAnswer(.answer(random.pick([500, 502, 503, 504, 408])), after: quick)
    case .throttling:
      return SimulatedAnswer(.answer(random.pick([429, 429, 503]), retryAfter: pause(now, walls[index], &random)), after: quick)
    case .misconfigured: return SimulatedAnswer(.answer(random.pick([302, 401, 403, 404, 407])), after: quick)
    case .silent: return SimulatedAnswer(.silence, after: DeliverySimulation.requestTimeoutMilliseconds)
    case .resetting: return SimulatedAnswer(.noAnswer(), after: quick)
    case .stale: return SimulatedAnswer(.noAnswer(isStale: random.pick([true, false])), after: quick)
    case .rejecting: return SimulatedAnswer(.answer(random.pick([400, 413, 422, 501])), after: quick)
    case .losing:
      if random.pick([true, false]) { return SimulatedAnswer(.answer(200), after: quick) }
      return SimulatedAnswer(random.pick([.noAnswer(), .noAnswer(isStale: true), .answer(502)]), after: quick, isRecorded: true)
    case .anyStatus: return SimulatedAnswer(.answer(Int.random(in: 200...999, using: &random)), after: quick)
    case .mixed: return mixed(now, walls[index], &random)
    }
  }

  private mutating func mixed(_ now: Int64, _ wall: Int64, _ random: inout Random) -> SimulatedAnswer {
    let status = random.pick([0, 200, 200, 200, 302, 400, 401, 408, 409, 422, 429, 500, 501, 503, 599])
    var result = RequestResult.answer(status, shouldRetry: random.pick([nil, nil, nil, true, false]))
    if status == 0 { result = .noAnswer(isStale: random.pick([true, false])) }
    if status != 0, random.pick([true, false, false]) { result.retryAfterMilliseconds = pause(now, wall, &random) }
    return SimulatedAnswer(result, after: Int64.random(in: 0...1000, using: &random))
  }

  // MARK: Retry-After

  /// What one header of any form means, read by the code under test.
  private mutating func pause(_ now: Int64, _ wall: Int64, _ random: inout Random) -> Int64? {
    let length: Int64 = random.pick([0, 1, 2, 60, 299, 300, 301, 86_400]) * 1000 + random.pick([0, 0, 1, 500])
    let text: String
    let (wanted, found): (Int64?, Int64?)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return nil
    case 1:
      text = random.pick(["", "00"]) + "\(length / 1000)"
      wanted = min(300_000, length / 1000 * 1000)
      found = withBytes(text) { RetryAfter.parse($0, wallMilliseconds: wall + now) }
    case 2:
      text = "\(length)"
      wanted = min(300_000, length)
      found = withBytes(text) { RetryAfter.parseMilliseconds($0) }
    case 3:
      text = random.pick(["soon", "-1", "1.5", "", "1e9", "12 s", "Mon, 99 Foo 2099 25:61:61 GMT"])
      wanted = nil
      found = withBytes(text) { RetryAfter.parse($0, wallMilliseconds: wall + now) }
    case 4:
      text = String(repeating: "9", count: random.pick([19, 20, 400]))
      wanted = 300_000
      found = withBytes(text) { RetryAfter.parse($0, wallMilliseconds: wall + now) }
    default:
      let seconds = (serverWall + now + length) / 1000
      // A year of two digits, or one of a clock that is wrong by years, may be read as another century's.
      text = SimulatedServer.date(seconds, wall == serverWall ? random.pick(dateForms) : dateForms[0])
      wanted = max(0, min(300_000, seconds * 1000 - (wall + now)))
      found = withBytes(text) { RetryAfter.parse($0, wallMilliseconds: wall + now) }
    }
    if found != wanted, misread == nil {
      misread = "Retry-After \"\(text)\" was read as \(String(describing: found)); it says \(String(describing: wanted))"
    }
    return found
  }

  /// RFC 9110, 5.6.7: IMF-fixdate, RFC 850's form, asctime's.
  private let dateForms = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]

  /// As the C library writes it.
  private static func date(_ seconds: Int64, _ form: String) -> String {
    var (time, fields) = (time_t(seconds), tm())
    var text = [CChar](repeating: 0, count: 64)
    gmtime_r(&time, &fields)
    let count = strftime(&text, text.count, form, &fields)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension RequestResult {
  /// For a trace.
  var brief: String {
    var text = httpStatus == 0 ? (isStaleConnection ? "stale" : "none") : "\(httpStatus)"
    if let retryAfterMilliseconds { text += " retry-after \(retryAfterMilliseconds) ms" }
    if let shouldRetry { text += " x-should-retry \(shouldRetry)" }
    return text
  }
}
