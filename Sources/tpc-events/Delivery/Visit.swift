// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// An event that is used again and again. A noncopyable value cannot be destroyed outside its own module in an Embedded build,
/// so the core makes and frees it.
final class Visit {
  let event: UnsafeMutablePointer<PageVisit>

  init() throws(UsageError) {
    guard let event = CMemory.makeEvent() else { throw UsageError.memory }
    self.event = event
  }

  deinit { CMemory.free(event) }
}
