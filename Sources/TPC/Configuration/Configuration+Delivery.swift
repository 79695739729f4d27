// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// The queue, and how it is delivered.
extension Configuration {
  /// The most bytes of pending visits. Option `queue_max_bytes`. Default: `16777216`.
  ///
  /// ```swift
  /// configuration.queueMaxBytes = 4_194_304
  /// ```
  public var queueMaxBytes: Int? {
    get { integer(.queueMaxBytes) }
    set { set(.queueMaxBytes, newValue) }
  }

  /// The most pending visits. Option `queue_max_events`. Default: `10000`.
  ///
  /// ```swift
  /// configuration.queueMaxEvents = 50_000
  /// ```
  public var queueMaxEvents: Int? {
    get { integer(.queueMaxEvents) }
    set { set(.queueMaxEvents, newValue) }
  }

  /// HTTP/2: requests at once, on one connection. Option `max_in_flight`. Default: `100`.
  ///
  /// ```swift
  /// configuration.maxInFlight = 20
  /// ```
  public var maxInFlight: Int? {
    get { integer(.maxInFlight) }
    set { set(.maxInFlight, newValue) }
  }

  /// HTTP/1.1: connections, each with one request at once. Option `max_connections`. Default: `8`.
  ///
  /// ```swift
  /// configuration.maxConnections = 4
  /// ```
  public var maxConnections: Int? {
    get { integer(.maxConnections) }
    set { set(.maxConnections, newValue) }
  }

  /// The limit for making a connection, including TLS. Option `connect_timeout_ms`. Default: 3 s.
  ///
  /// ```swift
  /// configuration.connectTimeout = .seconds(2)
  /// ```
  public var connectTimeout: Duration? {
    get { duration(.connectTimeout) }
    set { set(.connectTimeout, newValue) }
  }

  /// The limit for one request, including connecting. Option `request_timeout_ms`. Default: 10 s.
  ///
  /// ```swift
  /// configuration.requestTimeout = .seconds(5)
  /// ```
  public var requestTimeout: Duration? {
    get { duration(.requestTimeout) }
    set { set(.requestTimeout, newValue) }
  }

  /// The time from `track` until the visit is given up. Option `delivery_timeout_ms`. Default: 300 s.
  ///
  /// ```swift
  /// configuration.deliveryTimeout = .seconds(3600)
  /// ```
  public var deliveryTimeout: Duration? {
    get { duration(.deliveryTimeout) }
    set { set(.deliveryTimeout, newValue) }
  }

  /// The delay before the first retry, doubled for each further one. Option `retry_initial_ms`. Default: 500 ms.
  ///
  /// ```swift
  /// configuration.retryInitial = .milliseconds(250)
  /// ```
  public var retryInitial: Duration? {
    get { duration(.retryInitial) }
    set { set(.retryInitial, newValue) }
  }

  /// The longest delay between retries. Option `retry_max_ms`. Default: 30 s.
  ///
  /// ```swift
  /// configuration.retryMax = .seconds(10)
  /// ```
  public var retryMax: Duration? {
    get { duration(.retryMax) }
    set { set(.retryMax, newValue) }
  }

  /// The most bytes of one visit's JSON. Option `max_event_bytes`. Default: `32768`.
  ///
  /// ```swift
  /// configuration.maxEventBytes = 65_536
  /// ```
  public var maxEventBytes: Int? {
    get { integer(.maxEventBytes) }
    set { set(.maxEventBytes, newValue) }
  }

  /// How many delivery reports are kept for ``PageVisits/reports``; 0 keeps none, only the counters. Option `report_capacity`.
  /// Default: `0`.
  ///
  /// ```swift
  /// configuration.reportCapacity = 1_000
  /// ```
  public var reportCapacity: Int? {
    get { integer(.reportCapacity) }
    set { set(.reportCapacity, newValue) }
  }
}
