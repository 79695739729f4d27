// SPDX-License-Identifier: Apache-2.0

/// What one request came to, as far as delivery looks at it.
struct RequestResult {
  /// 0 when there was no answer.
  var httpStatus = 0
  /// The time that Retry-After or retry-after-ms named, in milliseconds from now.
  var retryAfter: Int64?
  /// The header x-should-retry, which has the last word.
  var shouldRetry: Bool?
  /// The connection had been used before and gave way before an answer came: it may just have been closed while idle.
  var isStaleConnection = false
  /// The status is a proxy's that refused a tunnel: the endpoint was not asked.
  var isFromProxy = false
  var isSuccess: Bool { httpStatus >= 200 && httpStatus <= 299 }

  var asksForLess: Bool { httpStatus == 429 || retryAfter != nil }
  /// A 2xx whose body is not what the contract says.
  var isOdd = false
}

/// What follows from a result for its event.
enum Classification: Equatable {
  case delivered
  /// For good: the server's verdict on this event.
  case rejected
  /// Again later; the trouble is the endpoint's as far as one can know.
  case retry(CircuitBreaker.Trouble)
  /// Again at once, on another connection.
  case retryNow

  /// - Parameter isFirstAttempt: a stale connection excuses an event's first request only.
  init(_ result: RequestResult, isFirstAttempt: Bool) {
    let status = result.httpStatus
    if result.isSuccess {
      self = .delivered
      return
    }
    if status == 0 {
      self = result.isStaleConnection && isFirstAttempt ? .retryNow : .retry(.failure)
      return
    }
    let waits: CircuitBreaker.Trouble = result.asksForLess ? .throttled : .failure
    if let shouldRetry = result.shouldRetry {
      self = shouldRetry ? .retry(waits) : .rejected
      return
    }
    // Whatever a proxy refuses a tunnel with is not about the event: its 5xx and what passes by itself are as no answer.
    if result.isFromProxy {
      self = .retry(CircuitBreaker.Trouble(tunnelRefusal: status))
      return
    }
    switch status {
    // A redirect is never followed, since it would carry the key away: the address is wrong. 407: the proxy's credentials are.
    case 300...399, 401, 403, 404, 407: self = .retry(.misconfigured)
    case 408, 409, 425, 429: self = .retry(waits)
    case 501, 505: self = .rejected
    case 400...499: self = .rejected
    default: self = .retry(waits)
    }
  }
}

extension CircuitBreaker.Trouble {
  /// What a proxy's refusal of a tunnel tells about: the way to the endpoint, or the configuration of the proxy.
  fileprivate init(tunnelRefusal status: Int) {
    switch status {
    case 408, 425, 429: self = .failure
    case 300...499, 501, 505: self = .misconfigured
    default: self = .failure
    }
  }
}
