// SPDX-License-Identifier: Apache-2.0

import CTPCJansson

/// A file that the operator of the site gave us, as far as its JSON and its faults are concerned. A fault says where in the file it
/// is, and never what the file holds.
final class OperatorFile {
  /// The option that names it.
  private let option: StaticString
  /// Its name within a folder; empty for the only one.
  var name = Bytes(start: nil, count: 0)
  /// What is being read: a row, by a JSON pointer, or a line; empty for the whole file.
  var unit: StaticString = ""
  var number = 0
  /// Why it cannot be used. Empty while nothing was refused: then memory ran out.
  private(set) var refusal: [UInt8] = []

  static let maximumBytes = 1 << 20
  static let maximumDepth = 16

  init(_ option: StaticString) { self.option = option }

  /// The object or array of a JSON text, which the caller releases; nil if it cannot be used. jansson recurses: it never sees a text
  /// that is not JSON, or that is nested deeper than such a file can be.
  @inline(never)
  func json(_ text: Bytes, expected: StaticString = "an object or an array") -> UnsafeMutablePointer<json_t>? {
    var offset = 0
    if let flaw = JSONSyntax.check(text) {
      refuse(text, flaw.offset, flaw.expected)
    } else if let deep = JSONSyntax.offset(deeperThan: OperatorFile.maximumDepth, text) {
      refuse(text, deep, "at most 16 levels of objects and arrays")
    } else if let first = text.first(where: { $0 > 0x20 }), first != UInt8(ascii: "{"), first != UInt8(ascii: "[") {
      _ = refuse(expected)
    } else if let start = text.baseAddress {
      let bytes = UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
      if let value = tpc_json_load(bytes, text.count, &offset) { return value }
      refuse(text, offset, "numbers of at most 64 bits, texts without \\u0000, and each member once")
    }
    return nil
  }

  /// An object's member; nil if it has none, and for other values.
  @inline(never)
  static func member(_ value: UnsafePointer<json_t>?, _ name: StaticString) -> UnsafeMutablePointer<json_t>? {
    json_object_get(value, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
  }

  /// A text of 1 to 64 bytes, which is the value's; nil if it is none.
  @inline(never)
  static func text(_ value: UnsafePointer<json_t>?) -> Bytes? {
    guard let start = json_string_value(value) else { return nil }
    let count = json_string_length(value)
    guard count > 0 && count <= 64 else { return nil }
    return Bytes(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
  }

  // MARK: Faults

  /// Tells a fault at a byte of the file.
  @inline(never)
  private func refuse(_ text: Bytes, _ offset: Int, _ expected: StaticString) {
    var (line, start) = (1, 0)
    for index in 0..<min(offset, text.count) where text[index] == UInt8(ascii: "\n") { (line, start) = (line + 1, index + 1) }
    (unit, number) = ("line ", line)
    refuse(expected, byte: offset - start + 1, "")
  }

  /// Tells a fault of what is being read. Returns `false`.
  @inline(never)
  func refuse(_ expected: StaticString) -> Bool { refuse(expected, byte: 0, "") }

  /// Tells a fault at a byte, or in a member, of what is being read. Returns `false`.
  @inline(never)
  @discardableResult
  func refuse(_ expected: StaticString, byte: Int, _ member: StaticString) -> Bool {
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
    refusal = message.text
    return false
  }

  /// The same as a failure.
  var failure: Failure {
    @inline(never) get { refusal.isEmpty ? .outOfMemory : Failure(.invalidOption, field: [UInt8](option.bytes), message: refusal) }
  }
}
