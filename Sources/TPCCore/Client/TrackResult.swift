// SPDX-License-Identifier: Apache-2.0

/// What `track` did with an event or a request that it did not refuse.
package enum TrackResult: Sendable {
  /// The event is in the queue, and will end as exactly one report.
  case queued
  /// `sample_rate` left it out.
  case sampledOut
  /// A rule left it out: for an event `only_ai_agents` or `only_ai`, for a web request any of them.
  case leftOut(LeftOut)
  /// The option `enabled` is false.
  case disabled
}
