// SPDX-License-Identifier: Apache-2.0

import CJansson
import CPOSIX

/// The body of an answer other than 200, read with jansson: the contract's code, message and details. Garbage is no error here,
/// only a body that says nothing.
struct ErrorBody: ~Copyable {
  private let root: UnsafeMutablePointer<json_t>?
  private var details: UnsafeMutablePointer<CChar>?

  init(_ text: Bytes) {
    root = text.baseAddress.flatMap { start in
      start.withMemoryRebound(to: CChar.self, capacity: text.count) {
        // Any JSON value, and a NUL within a text: what jansson refuses unless asked.
        json_loadb($0, text.count, Int(JSON_DECODE_ANY | JSON_ALLOW_NUL), nil)
      }
    }
    if let value = ErrorBody.member(root, "details") {
      details = json_dumps(value, Int(JSON_COMPACT | JSON_ENCODE_ANY))
    }
  }

  deinit {
    tpc_json_release(root)
    free(details)
  }

  /// Valid as long as this value.
  var words: ServerWords {
    var words = ServerWords()
    words.code = ErrorBody.text(root, "code")
    words.message = ErrorBody.text(root, "message")
    if let details { words.details = ErrorBody.bytes(details) }
    return words
  }

  private static func member(_ object: UnsafeMutablePointer<json_t>?, _ key: StaticString) -> UnsafeMutablePointer<json_t>? {
    guard let object else { return nil }
    return key.bytes.withMemoryRebound(to: CChar.self) { json_object_get(object, $0.baseAddress) }
  }

  private static func text(_ object: UnsafeMutablePointer<json_t>?, _ key: StaticString) -> Bytes {
    guard let value = member(object, key), let text = json_string_value(value) else { return Bytes(start: nil, count: 0) }
    return bytes(text)
  }

  /// Up to the first NUL: reports are C strings.
  private static func bytes(_ text: UnsafePointer<CChar>) -> Bytes {
    Bytes(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text))
  }
}
