// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// Counters of what happened to the visits. At every moment, `accepted` and `adopted` together are `delivered`, `rejected`,
/// `expired`, `abandoned`, `pending` and `spooled` together; without ``Configuration/spoolDirectory``, `adopted` and `spooled` are 0.
///
/// ```swift
/// let statistics = visits.statistics
/// print("\(statistics.delivered) of \(statistics.accepted) visits delivered")
/// ```
public struct Statistics: Sendable, Hashable, Codable {
  /// Visits taken into the queue.
  public let accepted: Int
  /// Visits that the server accepted.
  public let delivered: Int
  /// Visits that the server refused permanently.
  public let rejected: Int
  /// Visits not delivered within ``Configuration/deliveryTimeout``, or ``Configuration/spoolMaxAge``.
  public let expired: Int
  /// Visits left, in memory only, when ``PageVisits/close(timeout:)`` ran out of time.
  public let abandoned: Int
  /// Visits queued, in flight or waiting for a retry.
  public let pending: Int
  /// Visits that the contract refuses.
  public let refusedInvalid: Int
  /// Visits larger than ``Configuration/maxEventBytes``.
  public let refusedTooLarge: Int
  /// Visits refused because the queue was full.
  public let refusedQueueFull: Int
  /// Visits refused for lack of memory or a thread.
  public let refusedSystem: Int
  /// Visits left out by ``Configuration/sampleRate``.
  public let sampledOut: Int
  /// Visits left out because ``Configuration/enabled`` is false.
  public let disabled: Int
  /// HTTP requests to the server that ended, whatever the answer.
  public let requests: Int
  /// HTTP requests that were not answered with 2xx.
  public let failedRequests: Int
  /// HTTP requests beyond a visit's first.
  public let retries: Int
  /// 2xx responses whose body is not what the contract says.
  public let oddResponses: Int
  /// Reports dropped because ``Configuration/reportCapacity`` was used up.
  public let reportsDropped: Int
  /// Bytes that the pending visits occupy.
  public let queueBytes: Int
  /// HTTP requests in progress.
  public let inFlight: Int
  /// Web requests and visits that a rule left out.
  public let leftOut: Int
  /// Visits left in ``Configuration/spoolDirectory``, for whoever sends from there next.
  public let spooled: Int
  /// Visits taken from ``Configuration/spoolDirectory``, where they were left.
  public let adopted: Int
  /// Visits accepted, but kept in memory only: the spool was full, or the disk failed.
  public let unspooled: Int
  /// Bytes of the files in ``Configuration/spoolDirectory`` that this sender holds.
  public let spoolBytes: Int
  /// Calls to the disk that failed.
  public let spoolErrors: Int
  /// Damaged records and files found in ``Configuration/spoolDirectory``.
  public let spoolCorrupt: Int

  init(_ numbers: TPCCore.Statistics) {
    accepted = Int(clamping: numbers.accepted)
    delivered = Int(clamping: numbers.delivered)
    rejected = Int(clamping: numbers.rejected)
    expired = Int(clamping: numbers.expired)
    abandoned = Int(clamping: numbers.abandoned)
    pending = Int(clamping: numbers.pending)
    refusedInvalid = Int(clamping: numbers.refusedInvalid)
    refusedTooLarge = Int(clamping: numbers.refusedTooLarge)
    refusedQueueFull = Int(clamping: numbers.refusedQueueFull)
    refusedSystem = Int(clamping: numbers.refusedSystem)
    sampledOut = Int(clamping: numbers.sampledOut)
    disabled = Int(clamping: numbers.disabled)
    requests = Int(clamping: numbers.requests)
    failedRequests = Int(clamping: numbers.failedRequests)
    retries = Int(clamping: numbers.retries)
    oddResponses = Int(clamping: numbers.oddResponses)
    reportsDropped = Int(clamping: numbers.reportsDropped)
    queueBytes = Int(clamping: numbers.queueBytes)
    inFlight = Int(clamping: numbers.inFlight)
    leftOut = Int(clamping: numbers.leftOut)
    spooled = Int(clamping: numbers.spooled)
    adopted = Int(clamping: numbers.adopted)
    unspooled = Int(clamping: numbers.unspooled)
    spoolBytes = Int(clamping: numbers.spoolBytes)
    spoolErrors = Int(clamping: numbers.spoolErrors)
    spoolCorrupt = Int(clamping: numbers.spoolCorrupt)
  }
}
