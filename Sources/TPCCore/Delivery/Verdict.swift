// SPDX-License-Identifier: Apache-2.0

/// The verdict on a finished request: what happens to its event, and what caused the result. Circuit breaker,
/// concurrency limit, retries and reports each act on this value and on nothing else.
struct Verdict: Equatable {
  /// What happens to the event.
  enum Fate {
    case delivered
    /// Rejected permanently, by the server's decision on this event.
    case rejected
    /// Sent again after its backoff.
    case retry
    /// Sent again at once: the request failed for a reason that does not affect a new one.
    case retryAtOnce
  }

  /// What the result tells us about.
  enum Subject {
    /// The endpoint: it accepts requests.
    case endpointWorks
    /// The endpoint: no connection, silence, 5xx.
    case endpointFails
    /// The endpoint: it asks for fewer requests. 429, or any answer with Retry-After.
    case endpointThrottles
    /// The credential for the endpoint or the proxy: 401, 407. No request gets through.
    case credential
    /// The address or the account: 403, 404, a redirect. Most likely no request gets through, but a firewall may also
    /// answer like this to the text of a single event.
    case configuration
    /// This event: it failed again although others have passed since its last failure.
    case event
    /// Nothing: the request was cut short on our side, or its connection had been closed while idle.
    case nothing
  }

  /// The history of the request, as far as the verdict depends on it.
  struct History {
    /// Whether it was the event's first request. A stale connection excuses only that one.
    var isFirstAttempt = true
    /// Whether the event has failed before and others have passed since.
    var othersHavePassed = false
    /// Whether the process was suspended during the request, so that libcurl's timeout says nothing.
    var wasSuspended = false
  }

  let fate: Fate
  let subject: Subject

  init(_ fate: Fate, _ subject: Subject) {
    self.fate = fate
    self.subject = subject
  }

  init(_ result: RequestResult, _ history: History) {
    if result.isSuccess {
      self.init(.delivered, .endpointWorks)
    } else if result.httpStatus == 0 {
      self = Verdict.withoutAnswer(result, history)
    } else {
      self = Verdict.ofAnswer(result, history)
    }
  }

  private static func withoutAnswer(_ result: RequestResult, _ history: History) -> Verdict {
    if result.isOurs { return Verdict(.retry, .nothing) }
    if history.wasSuspended || result.isStaleConnection && history.isFirstAttempt { return Verdict(.retryAtOnce, .nothing) }
    return Verdict(.retry, history.othersHavePassed ? .event : .endpointFails)
  }

  private static func ofAnswer(_ result: RequestResult, _ history: History) -> Verdict {
    if result.isFromProxy { return Verdict(.retry, tunnelRefusal(result.httpStatus)) }
    guard isRetried(result) else { return Verdict(.rejected, result.asksForLess ? .endpointThrottles : .endpointWorks) }
    // A time that the server asks for applies to all events, whichever one it was about.
    if history.othersHavePassed && result.retryAfterMilliseconds == nil { return Verdict(.retry, .event) }
    return Verdict(.retry, configuration(result) ?? (result.asksForLess ? .endpointThrottles : .endpointFails))
  }

  /// A proxy's refusal of a tunnel is never about the event: it is about the proxy's settings, or the way to the
  /// endpoint.
  private static func tunnelRefusal(_ status: Int) -> Subject {
    switch status {
    case 407: return .credential
    case 408, 425, 429: return .endpointFails
    case 300...499, 501, 505: return .configuration
    default: return .endpointFails
    }
  }

  private static func isRetried(_ result: RequestResult) -> Bool {
    if let shouldRetry = result.shouldRetry { return shouldRetry }
    switch result.httpStatus {
    case 300...399, 401, 403, 404, 407, 408, 409, 425, 429: return true
    case 400...499, 501, 505: return false
    default: return true
    }
  }

  /// What a status says about the configuration; nil if nothing. A server that sends x-should-retry means the request
  /// to pass eventually.
  private static func configuration(_ result: RequestResult) -> Subject? {
    guard result.shouldRetry == nil else { return nil }
    switch result.httpStatus {
    case 401, 407: return .credential
    // A redirect is never followed, since it would carry the key away: the address is wrong.
    case 300...399, 403, 404: return .configuration
    default: return nil
    }
  }
}
