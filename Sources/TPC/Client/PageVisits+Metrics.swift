// SPDX-License-Identifier: Apache-2.0

#if Metrics
  public import CoreMetrics
  internal import Synchronization
  internal import TPCCore

  extension PageVisits {
    /// Records the counters with swift-metrics, under the names that docs/metrics.md lists for Prometheus, until the task is
    /// cancelled or the sender is closed, and once more then. Needs the package trait `Metrics`. As a service, ``PageVisits`` does
    /// that by itself.
    ///
    /// Several senders add up. The shortest interval is 0.1 s.
    ///
    /// ```swift
    /// let recording = Task { await visits.recordMetrics(every: .seconds(5)) }
    /// ```
    public func recordMetrics(
      every interval: Duration = .seconds(10), factory: any MetricsFactory = MetricsSystem.factory
    ) async {
      await recordMetrics(every: interval, with: MetricsRecorder(factory))
    }

    func recordMetrics(every interval: Duration = .seconds(10), with recorder: MetricsRecorder) async {
      while !Task.isCancelled, !isClosed {
        recorder.record(self)
        try? await Task.sleep(for: max(interval, .milliseconds(100)))
      }
      recorder.record(self)
    }

    private var isClosed: Bool {
      do throws(Failure) {
        try ClientTable.use(token) { _ in }
        return false
      } catch {
        return true
      }
    }
  }

  /// The metrics of one factory.
  struct MetricsRecorder {
    private typealias Number = any KeyPath<Statistics, Int> & Sendable

    private static let counterNames: [(name: String, number: Number)] = [
      ("tpc_events_accepted_total", \.accepted), ("tpc_events_delivered_total", \.delivered),
      ("tpc_events_rejected_total", \.rejected), ("tpc_events_expired_total", \.expired),
      ("tpc_events_abandoned_total", \.abandoned), ("tpc_events_refused_invalid_total", \.refusedInvalid),
      ("tpc_events_refused_too_large_total", \.refusedTooLarge), ("tpc_events_refused_queue_full_total", \.refusedQueueFull),
      ("tpc_events_refused_system_total", \.refusedSystem), ("tpc_events_sampled_out_total", \.sampledOut),
      ("tpc_events_disabled_total", \.disabled), ("tpc_requests_total", \.requests), ("tpc_requests_failed_total", \.failedRequests),
      ("tpc_retries_total", \.retries), ("tpc_odd_responses_total", \.oddResponses), ("tpc_reports_dropped_total", \.reportsDropped),
      ("tpc_events_left_out_total", \.leftOut), ("tpc_events_spooled_total", \.spooled),
      ("tpc_events_adopted_total", \.adopted), ("tpc_events_unspooled_total", \.unspooled),
      ("tpc_spool_errors_total", \.spoolErrors), ("tpc_spool_corrupt_total", \.spoolCorrupt),
    ]

    private static let gaugeNames: [(name: String, number: Number)] = [
      ("tpc_events_pending", \.pending), ("tpc_queue_bytes", \.queueBytes), ("tpc_requests_in_flight", \.inFlight),
      ("tpc_spool_bytes", \.spoolBytes),
    ]

    /// A client's numbers as a factory has them: what is recorded is what has changed since, so that nothing is recorded twice, and
    /// clients add up.
    private static let recorded = Mutex<[Recording: Recorded]>([:])

    private struct Recording: Hashable {
      let token: UInt
      let factory: ObjectIdentifier
    }

    private struct Recorded {
      /// Held, so that no other factory gets its address, by which it is known.
      let factory: any MetricsFactory
      let numbers: Statistics
    }

    private let counters: [(counter: Counter, number: Number)]
    private let gauges: [(meter: Meter, number: Number)]
    private let factory: any MetricsFactory

    init(_ factory: any MetricsFactory = MetricsSystem.factory) {
      counters = Self.counterNames.map { (Counter(label: $0.name, dimensions: [], factory: factory), $0.number) }
      gauges = Self.gaugeNames.map { (Meter(label: $0.name, dimensions: [], factory: factory), $0.number) }
      self.factory = factory
    }

    private var identity: ObjectIdentifier {
      // A value has no identity of its own.
      type(of: factory) is AnyClass ? ObjectIdentifier(factory as AnyObject) : ObjectIdentifier(type(of: factory))
    }

    func record(_ visits: PageVisits) {
      let recording = Recording(token: visits.token, factory: identity)
      // The numbers are read under the lock: they never fall back.
      let (before, now) = Self.recorded.withLock { recorded in
        let now = Statistics(visits.client.statistics)
        let before = recorded.updateValue(Recorded(factory: factory, numbers: now), forKey: recording)?.numbers
        setGauges(to: recorded.filter { $0.key.factory == recording.factory }.map(\.value.numbers))
        return (before, now)
      }
      for (counter, number) in counters {
        counter.increment(by: now[keyPath: number] - (before?[keyPath: number] ?? 0))
      }
    }

    /// Sets each gauge to the sum over the clients, and under the lock, so that the last sum stays. A change is not enough: with a
    /// factory that has no meters, each `Meter` counts from zero.
    private func setGauges(to clients: [Statistics]) {
      for (meter, number) in gauges { meter.set(clients.reduce(0) { $0 + $1[keyPath: number] }) }
    }

    /// Forgets a client that is gone.
    static func forget(_ token: UInt) {
      recorded.withLock { recorded in
        for recording in recorded.keys where recording.token == token { recorded[recording] = nil }
      }
    }
  }
#endif
