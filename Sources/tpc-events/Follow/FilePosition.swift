// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// How far a file of a log is answered for, and what the file is recognized by: under the same name or another, copied or compressed.
struct FilePosition {
  /// How much of a file's beginning, and of what is before the offset, is compared.
  static let headBytes = 4096
  static let tailBytes = 1024

  var device: UInt64 = 0
  var inode: UInt64 = 0
  /// Every line before this offset is answered for. It counts the bytes of the text, even of a compressed file.
  var offset = 0
  /// The number of lines before it.
  var lines = 0
  /// The offset up to which the file was seen to go.
  var seen = 0
  /// When it was last changed, in nanoseconds.
  var changed: Int64 = 0
  /// Of the text's beginning, as far as it was read; of nothing if nothing was.
  var head = TextDigest()
  /// Of what is right before the offset; of nothing where the file cannot be read anywhere.
  var tail = TextDigest()
  /// Of the first line, and how many files of the log began with the same line before this one.
  var first = TextDigest()
  var repetition = 0
}
