// SPDX-License-Identifier: Apache-2.0

/// The events that a flush or a close left undelivered.
package struct Leftover {
  /// The number of events without an outcome.
  package let count: Int
  /// `false` if the client's lock was not available in time because its holder makes no progress: the call did not
  /// complete, and the count is the last one known.
  package let isExact: Bool

  init(_ count: Int, isExact: Bool = true) {
    self.count = count
    self.isExact = isExact
  }
}
