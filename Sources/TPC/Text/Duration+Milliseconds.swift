// SPDX-License-Identifier: Apache-2.0

extension Duration {
  /// The time in milliseconds, rounded up; the nearest number when it is out of range.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, isTooLarge) = seconds.multipliedReportingOverflow(by: 1000)
    let part = attoseconds / 1_000_000_000_000_000
    let isRoundedUp = attoseconds > 0 && attoseconds % 1_000_000_000_000_000 != 0
    let (sum, overflows) = whole.addingReportingOverflow(part + (isRoundedUp ? 1 : 0))
    return isTooLarge || overflows ? (seconds < 0 ? .min : .max) : sum
  }
}
