// SPDX-License-Identifier: Apache-2.0

import CJansson

/// A file that the operator of the site gave us, as far as its errors and its JSON are concerned. Errors say where in the file the
/// fault is, and never what the file holds.
struct OperatorFile {
  /// The option that named it.
  let option: StaticString
  /// Its name within a folder; empty for the only one.
  var name = Bytes(start: nil, count: 0)

  static let maximumBytes = 1 << 20
  static let maximumDepth = 16

  /// The value of a JSON text, which the caller releases. jansson recurses: it never sees a text that is not JSON, or that is nested
  /// deeper than such a file can be.
  @inline(never)
  func json(_ text: Bytes) throws(Failure) -> UnsafeMutablePointer<json_t> {
    if let flaw = JSONSyntax.check(text) { throw failure(text, flaw.offset, flaw.expected) }
    if let offset = JSONSyntax.offset(deeperThan: OperatorFile.maximumDepth, text) {
      throw failure(text, offset, "at most 16 levels of objects and arrays")
    }
    var offset = 0
    // Checked JSON is never empty.
    let start = UnsafeRawPointer(text.baseAddress.unsafelyUnwrapped).assumingMemoryBound(to: CChar.self)
    guard let value = tpc_json_load(start, text.count, &offset) else {
      throw failure(text, offset, "numbers of at most 64 bits, texts without \\u0000, and each member once")
    }
    return value
  }

  /// An object's member; nil if it has none, and for other values.
  @inline(never)
  static func member(_ value: UnsafePointer<json_t>?, _ name: StaticString) -> UnsafeMutablePointer<json_t>? {
    json_object_get(value, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
  }

  /// A text of 1 to `maximumBytes` bytes, which is the value's; nil if it is none.
  @inline(never)
  static func text(_ value: UnsafePointer<json_t>?, maximumBytes: Int) -> Bytes? {
    guard let start = json_string_value(value) else { return nil }
    let count = json_string_length(value)
    guard count > 0 && count <= maximumBytes else { return nil }
    return Bytes(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
  }

  // MARK: Errors

  /// A fault at a byte of the file.
  @inline(never)
  func failure(_ text: Bytes, _ offset: Int, _ expected: StaticString) -> Failure {
    var (line, start) = (1, 0)
    for index in 0..<min(offset, text.count) where text[index] == UInt8(ascii: "\n") { (line, start) = (line + 1, index + 1) }
    return failure(expected, at: "line ", line, byte: offset - start + 1)
  }

  /// A fault at a line's byte, or in a row or its member, which a JSON pointer names; without a unit, one of the whole file.
  /// When memory ran out, nothing was expected.
  @inline(never)
  func failure(
    _ expected: StaticString, at unit: StaticString = "", _ number: Int = 0, byte: Int = 0, member: StaticString = ""
  ) -> Failure {
    if expected.utf8CodeUnitCount == 0 { return .outOfMemory }
    var message = MessageBuilder()
    message.add("the file")
    if !name.isEmpty { message.add(" ") }
    message.add(name)
    if unit.utf8CodeUnitCount > 0 {
      message.add(", ")
      message.add(unit)
      message.add(number)
    }
    if byte > 0 {
      message.add(", byte ")
      message.add(byte)
    }
    message.add(member)
    message.add(": expected ")
    message.add(expected)
    return Failure(.invalidOption, field: [UInt8](option.bytes), message: message.text)
  }
}
