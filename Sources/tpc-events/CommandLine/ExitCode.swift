// SPDX-License-Identifier: Apache-2.0

/// The process's exit code; `--help` and the README have the same table.
enum ExitCode: Int32 {
  case success = 0
  /// Some events were refused or rejected, or some lines could not be read.
  case refused = 1
  /// Wrong usage, or a file that cannot be read or written.
  case usage = 2
  /// Some events were not delivered: expired, abandoned, or the run was interrupted.
  case undelivered = 3
}
