// SPDX-License-Identifier: Apache-2.0

#if ServiceLifecycle
  public import ServiceLifecycle
  internal import TPCCore

  /// As a service of swift-service-lifecycle: needs the package trait `ServiceLifecycle`.
  ///
  /// ```swift
  /// let group = ServiceGroup(services: [visits, server], gracefulShutdownSignals: [.sigterm], logger: logger)
  /// try await group.run()
  /// ```
  extension PageVisits: Service {
    /// Waits for the graceful shutdown, or for the task's cancellation, and then closes, which takes at most
    /// ``Configuration/exitTimeout``. Never fails, and does not end before that, even if it is closed elsewhere.
    ///
    /// Services are shut down in the reverse order: name the server after this one, so that its last visits are tracked before. Until
    /// then, log lines are passed on to ``Configuration/logger`` every second, and with the trait `Metrics` the counters are recorded.
    ///
    /// ```swift
    /// try await visits.run()
    /// ```
    public func run() async throws {
      #if Metrics
        let recorder = MetricsRecorder()
      #endif
      await withTaskGroup(of: Void.self) { group in
        #if Metrics
          group.addTask { await self.recordMetrics(with: recorder) }
        #endif
        #if Logging
          if configuration.logger != nil { group.addTask { await self.passLogLinesOn() } }
        #endif
        try? await gracefulShutdown()
        await close(timeout: .milliseconds(client.exitTimeoutMilliseconds))
        group.cancelAll()
      }
      #if Metrics
        // A cancellation has ended the recording before the client was closed.
        recorder.record(self)
      #endif
    }

    #if Logging
      /// Passes on the lines of a server that nobody visits.
      private func passLogLinesOn() async {
        while !Task.isCancelled {
          takeLogLines()
          try? await Task.sleep(for: .seconds(1))
        }
      }
    #endif
  }
#endif
