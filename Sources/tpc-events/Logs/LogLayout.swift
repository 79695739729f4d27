// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// How the lines of one file are read, with what was learned from those before.
final class LogLayout {
  let format: LogFormat
  /// What takes a collector's prefix off the lines.
  var unwrapper: LineUnwrapper

  /// Whether the log's request ids are surely such.
  let identifiesRequests: Bool

  init(_ format: LogFormat, after prefix: LinePrefix? = nil) {
    self.format = format
    identifiesRequests = FormatName.named(format.name.bytes)?.identifiesRequests ?? false
    unwrapper = LineUnwrapper(prefix, limit: LogLine.longest)
  }
}
