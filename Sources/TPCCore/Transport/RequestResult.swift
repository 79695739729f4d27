// SPDX-License-Identifier: Apache-2.0

/// The result of one request, as far as delivery needs it.
struct RequestResult {
  /// 0 if there was no answer.
  var httpStatus = 0
  /// The time given by Retry-After or retry-after-ms, from now.
  var retryAfterMilliseconds: Int64?
  /// The header x-should-retry, which overrides everything else.
  var shouldRetry: Bool?
  /// A reused connection was closed before a response arrived: it may have been closed while idle.
  var isStaleConnection = false
  /// The status is that of a proxy that refused a tunnel: the endpoint was not asked.
  var isFromProxy = false
  /// The request timed out before an answer came.
  var isSilent = false
  /// The failure was in this process, not in the network: there was no memory for the request.
  var isOurs = false
  /// A 2xx whose body does not match the contract.
  var isOdd = false

  var isSuccess: Bool { httpStatus >= 200 && httpStatus <= 299 }

  var asksForLess: Bool { httpStatus == 429 || retryAfterMilliseconds != nil }
}
