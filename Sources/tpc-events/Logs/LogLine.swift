// SPDX-License-Identifier: Apache-2.0

enum LogLine {
  /// No server takes a request line or header of this many bytes by default; a longer line is something else.
  static let longest = 256 * 1024
}
