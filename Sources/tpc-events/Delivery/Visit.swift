// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// One event that is used again and again. A noncopyable value cannot be destroyed outside of its own module in an Embedded
/// build, so the core makes it and takes it back.
final class Visit {
  let event: UnsafeMutablePointer<PageVisit>

  init() throws(UsageError) {
    guard let event = CMemory.makeEvent() else { throw UsageError.memory }
    self.event = event
  }

  deinit { CMemory.free(event) }
}

extension UsageError {
  static let memory = UsageError([UInt8]("memory ran out"), isAboutArguments: false)
}
