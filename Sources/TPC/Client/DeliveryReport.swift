// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// How one visit ended.
///
/// ```swift
/// for await report in visits.reports where report.outcome != .delivered {
///   print(report.eventID, report.outcome, report.httpStatus ?? 0, report.message)
/// }
/// ```
public struct DeliveryReport: Sendable, Hashable, Codable {
  /// How an accepted visit can end.
  ///
  /// ```swift
  /// for await report in visits.reports where report.outcome == .rejected { print(report.code) }
  /// ```
  public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
    /// The server accepted it.
    case delivered
    /// The server refused it permanently.
    case rejected
    /// It was not delivered within ``Configuration/deliveryTimeout``, or ``Configuration/spoolMaxAge``.
    case expired
    /// ``PageVisits/close(timeout:)`` ran out of time, and it was in memory only.
    case abandoned
    /// It was left in ``Configuration/spoolDirectory``, for whoever sends from there next.
    case spooled
  }

  /// How the visit ended.
  public let outcome: Outcome
  /// The visit's `eventId`: yours, or the one that `track` made.
  public let eventID: String
  /// The last HTTP status; nil if no server answered.
  public let httpStatus: Int?
  /// How many HTTP requests carried the visit.
  public let attempts: Int
  /// The server's code for an error, such as `validation_failed`, or one of the library's, such as `network`; empty when there is none.
  public let code: String
  /// The server's words, or the library's; empty when there are none.
  public let message: String
  /// What else the server said about an error, as JSON; empty when there is nothing.
  public let details: String
  /// When the server received the visit, by its own clock (RFC 3339); empty when it did not say.
  public let receivedAt: String

  init(_ report: borrowing Report) {
    outcome = Outcome(report.outcome)
    eventID = report.eventID
    httpStatus = report.httpStatus == 0 ? nil : Int(report.httpStatus)
    attempts = Int(report.attempts)
    code = report.code
    message = report.message
    details = report.details
    receivedAt = report.receivedAt
  }
}

extension DeliveryReport.Outcome {
  fileprivate init(_ outcome: TPCCore.Outcome) {
    switch outcome {
    case .delivered: self = .delivered
    case .rejected: self = .rejected
    case .expired: self = .expired
    case .abandoned: self = .abandoned
    case .spooled: self = .spooled
    }
  }
}
