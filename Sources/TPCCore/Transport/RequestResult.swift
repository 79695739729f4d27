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
  /// The time for the request was up before an answer came.
  var isSilent = false
  /// This process failed, not the network: memory ran out for the request.
  var isOurs = false
  /// A 2xx whose body is not what the contract says.
  var isOdd = false

  var isSuccess: Bool { httpStatus >= 200 && httpStatus <= 299 }

  var asksForLess: Bool { httpStatus == 429 || retryAfter != nil }
}
