// SPDX-License-Identifier: Apache-2.0

@preconcurrency internal import Dispatch
internal import Synchronization
internal import TPCCore

extension PageVisits {
  /// The delivery reports, one for each visit that has ended, until the sender is closed and all have come.
  ///
  /// Reports are kept when ``Configuration/reportCapacity`` is set; otherwise the sequence is empty, which is logged. Waiting takes no
  /// thread, and ends when the task is cancelled. Of several that iterate, each gets other reports.
  ///
  /// ```swift
  /// for await report in visits.reports {
  ///   print(report.eventID, report.outcome)
  /// }
  /// ```
  public var reports: DeliveryReports { DeliveryReports(visits: self) }
}

/// The delivery reports of a ``PageVisits``, as they come.
///
/// ```swift
/// let rejected = visits.reports.filter { $0.outcome == .rejected }
/// ```
public struct DeliveryReports: AsyncSequence, Sendable {
  let visits: PageVisits

  /// Starts with the oldest report that was not taken.
  ///
  /// ```swift
  /// var iterator = visits.reports.makeAsyncIterator()
  /// let first = await iterator.next()
  /// ```
  public func makeAsyncIterator() -> Iterator { Iterator(visits: visits) }

  /// Takes one report after the other.
  ///
  /// ```swift
  /// var iterator = visits.reports.makeAsyncIterator()
  /// while let report = await iterator.next() { print(report.outcome) }
  /// ```
  public struct Iterator: AsyncIteratorProtocol {
    let visits: PageVisits

    /// The oldest report, as soon as there is one; nil when there are no more, or the task is cancelled.
    ///
    /// ```swift
    /// var iterator = visits.reports.makeAsyncIterator()
    /// if let report = await iterator.next() { print(report.outcome) }
    /// ```
    public mutating func next() async -> DeliveryReport? { await visits.nextReport() }

    /// The same, for a caller on any actor.
    ///
    /// ```swift
    /// var iterator = visits.reports.makeAsyncIterator()
    /// if let report = await iterator.next(isolation: nil) { print(report.outcome) }
    /// ```
    public mutating func next(isolation actor: isolated (any Actor)?) async -> DeliveryReport? { await visits.nextReport() }
  }
}

extension PageVisits {
  fileprivate func nextReport() async -> DeliveryReport? {
    while !Task.isCancelled {
      let (report, isOver) = client.takeReport()
      takeLogLines()
      if let report {
        defer { CMemory.free(report) }
        return DeliveryReport(report.pointee)
      }
      if isOver { return endOfReports() }
      let descriptor = client.reportDescriptor
      // Without a descriptor, since the system has no more or all has just ended: look again soon.
      if descriptor >= 0 { await ReadableDescriptor.wait(descriptor) } else { try? await Task.sleep(for: .milliseconds(50)) }
    }
    return nil
  }

  private func endOfReports() -> DeliveryReport? {
    if !client.keepsReports, !hasWarnedOfReports.exchange(true, ordering: .relaxed) {
      client.warn("delivery reports were asked for, but none are kept; set report_capacity (TPC_REPORT_CAPACITY)")
    }
    return nil
  }
}

/// Waits for a descriptor without a thread.
private enum ReadableDescriptor {
  /// Returns when the descriptor is readable or the task is cancelled. It must stay open until then.
  static func wait(_ descriptor: Int32) async {
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // Comes once, when the source no longer uses the descriptor.
        source.setCancelHandler { continuation.resume() }
        source.setEventHandler { source.cancel() }
        source.activate()
      }
    } onCancel: {
      source.cancel()
    }
  }
}
