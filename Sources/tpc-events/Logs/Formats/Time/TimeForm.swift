// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// How a log writes the time of a request.
enum TimeForm {
  /// `10/Oct/2000:13:55:36 -0700`, with or without a fraction of the second; without an offset it is UTC.
  case combined
  /// `2000-10-10T20:55:36.123Z`: RFC 3339, also with a space for the `T`, and without an offset, which is UTC then.
  case iso
  /// Since 1970, with or without a fraction.
  case seconds, milliseconds, microseconds, nanoseconds
  /// Any of them: a number's size tells its unit.
  case any
}
