// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// Which visits are sent, and what they say about visitors.
extension Configuration {
  /// The share of visitors whose visits are sent, by hash of `sessionId` or `anonymousId`. Option `sample_rate`. Default: `1`.
  ///
  /// ```swift
  /// configuration.sampleRate = 0.1
  /// ```
  public var sampleRate: Double? {
    get { number(.sampleRate) }
    set { set(.sampleRate, newValue) }
  }

  /// How much of the visitor's address is sent. Option `client_ip`. Default: `full`.
  ///
  /// ```swift
  /// configuration.clientIP = .truncate
  /// ```
  public var clientIP: ClientIP? {
    get { choice(.clientIP) }
    set { set(.clientIP, newValue) }
  }

  /// The `anonymousId` of a person's visits that have none. Option `anonymous_id`. Default: `none`.
  ///
  /// ```swift
  /// configuration.anonymousID = .daily
  /// ```
  public var anonymousID: AnonymousID? {
    get { choice(.anonymousID) }
    set { set(.anonymousID, newValue) }
  }

  /// How the visits of people who send `Sec-GPC` or `DNT` are sent. Option `privacy_signals`. Default: `ignore`.
  ///
  /// ```swift
  /// configuration.privacySignals = .leaveOut
  /// ```
  public var privacySignals: PrivacySignals? {
    get { choice(.privacySignals) }
    set { set(.privacySignals, newValue) }
  }

  /// What the `eventId` of a web request is made of. Option `event_id`. Default: `random`.
  ///
  /// ```swift
  /// configuration.eventID = .request
  /// ```
  public var eventID: EventID? {
    get { choice(.eventID) }
    set { set(.eventID, newValue) }
  }

  /// The URL parameters whose values become `REDACTED`, in place of the library's list. Option `redact_query`. The table of
  /// options has its default.
  ///
  /// ```swift
  /// configuration.redactQuery = ["token", "code"]
  /// ```
  public var redactQuery: [String]? {
    get { list(.redactQuery) }
    set { set(.redactQuery, newValue) }
  }
}
