// SPDX-License-Identifier: Apache-2.0

/// The settings on which delivery's decisions depend.
struct DeliverySettings {
  var maximumEvents = 10_000
  var maximumBytes = 16 << 20
  var maximumInFlight = 100
  var maximumConnections = 8
  var deliveryTimeoutMilliseconds: Int64 = 300_000
  /// The same for events in the spool.
  var spoolMaxAgeMilliseconds: Int64 = 86_400_000
  var requestTimeoutMilliseconds: Int64 = 10_000
  var retry = RetryPolicy(initialMilliseconds: 500, maximumMilliseconds: 30_000)
  var reportCapacity = 0
  /// Whether events that are taken over from the spool get reports, too.
  var reportsAdopted = false

  init() {}

  init(_ options: Options) {
    maximumEvents = Int(options.integer(.queueMaxEvents))
    maximumBytes = Int(options.integer(.queueMaxBytes))
    maximumInFlight = Int(options.integer(.maxInFlight))
    maximumConnections = Int(options.integer(.maxConnections))
    deliveryTimeoutMilliseconds = options.integer(.deliveryTimeout)
    spoolMaxAgeMilliseconds = options.integer(.spoolMaxAge)
    requestTimeoutMilliseconds = options.integer(.requestTimeout)
    retry = RetryPolicy(
      initialMilliseconds: options.integer(.retryInitial), maximumMilliseconds: options.integer(.retryMax))
    reportCapacity = Int(options.integer(.reportCapacity))
  }
}
