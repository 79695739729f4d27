// SPDX-License-Identifier: Apache-2.0

#if ServiceLifecycle
  public import ServiceLifecycle

  /// As a service of swift-service-lifecycle: needs the package trait `ServiceLifecycle`.
  ///
  /// ```swift
  /// let group = ServiceGroup(services: [visits, server], gracefulShutdownSignals: [.sigterm], logger: logger)
  /// try await group.run()
  /// ```
  extension PageVisits: Service {
    /// Waits for the graceful shutdown, or for the task's cancellation, and then closes, which takes at most
    /// ``Configuration/exitTimeout``. Services are shut down in the reverse order: name the server after this one.
    public func run() async throws {
      #if Metrics
        await withTaskGroup { group in
          group.addTask { await self.recordMetrics() }
          try? await gracefulShutdown()
          group.cancelAll()
        }
      #else
        try? await gracefulShutdown()
      #endif
      await close(timeout: exitTimeout)
    }
  }
#endif
