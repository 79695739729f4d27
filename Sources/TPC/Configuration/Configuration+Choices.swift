// SPDX-License-Identifier: Apache-2.0

/// The options' choices, with the words that the environment takes as raw values.
extension Configuration {
  /// The servers.
  ///
  /// ```swift
  /// configuration.environment = .local
  /// ```
  public enum Environment: String, Sendable, Hashable, Codable, CaseIterable {
    /// `https://app.promptingco.com`.
    case production
    /// `http://localhost:3000`, where the collector listens.
    case local
    /// `http://app.localhost:3000`.
    case dev
  }

  /// Whose requests that were answered with 404, 410 or 5xx are tracked.
  ///
  /// ```swift
  /// configuration.trackErrors = .ai
  /// ```
  public enum TrackedErrors: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nobody's.
    case off = "none"
    /// AI agents', so that you see what they look for in vain.
    case ai
    /// Everybody's.
    case all
  }

  /// How much of a visitor's address is sent.
  ///
  /// ```swift
  /// configuration.clientIP = .truncate
  /// ```
  public enum ClientIP: String, Sendable, Hashable, Codable, CaseIterable {
    /// The whole address.
    case full
    /// Its network: /24, or /48 of IPv6.
    case truncate
    /// Nothing of it.
    case omit
  }

  /// The `anonymousId` of a person's visits that have none.
  ///
  /// ```swift
  /// configuration.anonymousID = .daily
  /// ```
  public enum AnonymousID: String, Sendable, Hashable, Codable, CaseIterable {
    /// There is none.
    case off = "none"
    /// One for each visitor and day, from address and user agent.
    case daily
  }

  /// How the visits of people who send `Sec-GPC` or `DNT` are sent.
  ///
  /// ```swift
  /// configuration.privacySignals = .minimal
  /// ```
  public enum PrivacySignals: String, Sendable, Hashable, Codable, CaseIterable {
    /// As anyone's.
    case ignore
    /// Without address and ids.
    case minimal
    /// Not at all.
    case leaveOut = "leave_out"
  }

  /// What the `eventId` of a web request is made of.
  ///
  /// ```swift
  /// configuration.eventID = .request
  /// ```
  public enum EventID: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing: each is a new one.
    case random
    /// The request's own id, in `x-request-id` or `traceparent`.
    case request
  }

  /// What of the visits on disk survives a power loss. They survive the end of the process in any case.
  ///
  /// ```swift
  /// configuration.spoolSync = .interval
  /// ```
  public enum SpoolSync: String, Sendable, Hashable, Codable, CaseIterable {
    /// What the system wrote by itself.
    case off = "none"
    /// All but the last second.
    case interval
    /// Whatever `track` accepted: it waits for the disk.
    case always
  }

  /// Who sends the visits that are on disk.
  ///
  /// ```swift
  /// configuration.spoolSender = .shared
  /// ```
  public enum SpoolSender: String, Sendable, Hashable, Codable, CaseIterable {
    /// Each process sends its own.
    case eachProcess = "self"
    /// One process sends for all that have the folder.
    case shared
    /// None of them: `tpc-events spool drain` does.
    case never
  }

  /// What is logged.
  ///
  /// ```swift
  /// configuration.logLevel = .info
  /// ```
  public enum LogLevel: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing.
    case off
    /// What somebody has to correct, such as a wrong key.
    case error
    /// What may lose visits, such as an outage.
    case warn
    /// What ended well, such as an outage's end.
    case info
    /// What helps to find a fault.
    case debug
  }
}
