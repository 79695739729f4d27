// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// Calls `body` with the UTF-8 of a text, valid only during the call.
@inline(__always)
func withBytes<Result>(_ text: String, _ body: (Bytes) -> Result) -> Result {
  var text = text
  return text.withUTF8 { body($0) }
}

extension String {
  /// The text of UTF-8 bytes.
  init(_ bytes: Bytes) { self.init(decoding: bytes, as: UTF8.self) }
}
