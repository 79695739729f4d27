// SPDX-License-Identifier: Apache-2.0

/// Limits retries across all events: three for each request that passes, and a few per second in case none does (after
/// Finagle's RetryBudget). Otherwise an endpoint that sheds load would be asked more often the more it refuses.
struct RetryBudget {
  private var tokens = RetryBudget.maximumTokens
  /// When the last retry without a token was sent.
  private var lastAt = Int64.min / 2

  static let maximumTokens = 100
  private static let perPass = 3
  /// The time between retries without a token.
  private static let pauseMilliseconds: Int64 = 100

  /// When the next retry may be sent.
  var nextTime: Int64 { tokens > 0 ? Int64.min : lastAt + RetryBudget.pauseMilliseconds }

  mutating func passed() { tokens = min(RetryBudget.maximumTokens, tokens + RetryBudget.perPass) }

  mutating func retried(now: Int64) {
    if tokens > 0 { tokens -= 1 } else { lastAt = now }
  }
}
