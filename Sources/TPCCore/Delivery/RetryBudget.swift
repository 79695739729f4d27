// SPDX-License-Identifier: Apache-2.0

/// How many retries may go out at all, whoever waits: three for each request that passes, and a few a second for the case that none
/// does (after Finagle's RetryBudget). An endpoint that sheds load would otherwise be asked the more the more it refuses.
struct RetryBudget {
  private var tokens = RetryBudget.most
  /// When the last retry went out without a token.
  private var lastAt = Int64.min / 2

  static let most = 100
  private static let perPass = 3
  /// Between retries without a token, in milliseconds.
  private static let pause: Int64 = 100

  /// When the next retry may go out.
  var nextTime: Int64 { tokens > 0 ? Int64.min : lastAt + RetryBudget.pause }

  mutating func passed() { tokens = min(RetryBudget.most, tokens + RetryBudget.perPass) }

  mutating func retried(now: Int64) {
    if tokens > 0 { tokens -= 1 } else { lastAt = now }
  }
}
