// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What became of the events of one client, or of several.
struct SentCounts {
  private(set) var adopted = 0
  private(set) var delivered = 0
  private(set) var rejected = 0
  private(set) var expired = 0
  private(set) var pending = 0
  private(set) var requests = 0
  private(set) var failed = 0
  private(set) var retries = 0
  private(set) var odd = 0
  private(set) var corrupt = 0
  private(set) var reportsDropped = 0

  init() {}

  init(_ statistics: Statistics) { add(statistics) }

  mutating func add(_ statistics: Statistics) {
    adopted += Int(statistics.adopted)
    delivered += Int(statistics.delivered)
    rejected += Int(statistics.rejected)
    expired += Int(statistics.expired)
    pending += Int(statistics.pending)
    requests += Int(statistics.requests)
    failed += Int(statistics.failedRequests)
    retries += Int(statistics.retries)
    odd += Int(statistics.oddResponses)
    corrupt += Int(statistics.spoolCorrupt)
    reportsDropped += Int(statistics.reportsDropped)
  }
}
