// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Polling for reports, and the descriptor that is readable while there are any.
extension Delivery {
  /// The oldest report, which the caller must pass to `ReportQueue.destroy`; nil if none comes in time.
  func poll(until deadline: Int64) throws(Failure) -> UnsafeMutablePointer<Report>? {
    guard mutex.lock(until: deadline, atLeastMilliseconds: ProcessLife.clientLockPatienceMilliseconds) else { return nil }
    defer { mutex.unlock() }
    pollers += 1
    defer { pollers -= 1 }
    while true {
      if let report = state.takeReport() {
        signalReports()
        return report
      }
      guard life.isOpen else { throw .closed }
      guard state.reports.isKept, Clock.monotonic() < deadline else { return nil }
      mutex.wait(until: deadline)
    }
  }

  /// The oldest report, without waiting for one, and whether there can be none any more. A closed delivery's are still there.
  func takeReport() -> (report: UnsafeMutablePointer<Report>?, isOver: Bool) {
    guard isOfThisProcess else { return (nil, true) }
    mutex.lock()
    defer { mutex.unlock() }
    let report = state.takeReport()
    signalReports()
    return (report, report == nil && (life.isSettled || !state.reports.isKept))
  }

  /// The descriptor that is readable while there are reports, and when all have come; -1 if no reports are kept or the system refuses
  /// a descriptor.
  func openReportDescriptor() -> Int32 {
    guard isOfThisProcess else { return -1 }
    mutex.lock()
    defer { mutex.unlock() }
    guard state.reports.isKept, !life.isSettled else { return -1 }
    if reportDescriptor < 0 {
      reportDescriptor = StandardStreams.avoid { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) }
      isReadable = false
      signalReports()
    }
    return reportDescriptor
  }

  /// Makes the descriptor readable if there are reports, or will be none any more, and unreadable otherwise. Called with the lock
  /// held.
  func signalReports() {
    guard reportDescriptor >= 0, isReadable != (state.reports.count > 0 || life.isSettled) else { return }
    var value: UInt64 = 1
    if isReadable {
      _ = read(reportDescriptor, &value, 8)
    } else {
      _ = write(reportDescriptor, &value, 8)
    }
    isReadable.toggle()
  }
}
