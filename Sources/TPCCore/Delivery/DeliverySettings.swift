// SPDX-License-Identifier: Apache-2.0

/// What delivery decides by. Times are milliseconds.
struct DeliverySettings {
  var maximumEvents = 10_000
  var maximumBytes = 16 << 20
  var maximumInFlight = 100
  var maximumConnections = 8
  var deliveryTimeoutMilliseconds: Int64 = 300_000
  var requestTimeoutMilliseconds: Int64 = 10_000
  var retry = RetryPolicy(initial: 500, maximum: 30_000)
  var reportCapacity = 0

  init() {}

  init(_ options: Options) {
    maximumEvents = Int(options.integer(.queueMaxEvents))
    maximumBytes = Int(options.integer(.queueMaxBytes))
    maximumInFlight = Int(options.integer(.maxInFlight))
    maximumConnections = Int(options.integer(.maxConnections))
    deliveryTimeoutMilliseconds = options.integer(.deliveryTimeout)
    requestTimeoutMilliseconds = options.integer(.requestTimeout)
    retry = RetryPolicy(initial: options.integer(.retryInitial), maximum: options.integer(.retryMax))
    reportCapacity = Int(options.integer(.reportCapacity))
  }
}
