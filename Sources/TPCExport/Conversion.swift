// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import CTPC
import TPCCore

/// TPC_NTS and TPC_NULL of tpc.h, whose macros are not imported as Int.
let nulTerminated = Int(bitPattern: UInt.max)
let jsonNull = Int(bitPattern: UInt.max - 1)

/// A text passed from C. `size_t` arrives as Int: a negative number here is larger than any object there.
@inline(__always)
func bytes(_ start: UnsafePointer<CChar>?, _ length: Int, _ argument: StaticString) throws(Failure) -> Bytes {
  guard let start else {
    // An empty text may have no address, as an empty vector's.
    if length == 0 { return Bytes(start: nil, count: 0) }
    throw Failure(.invalidArgument, field: argument, "found NULL; expected text")
  }
  let count = length == nulTerminated ? strlen(start) : length
  guard count >= 0 else { throw Failure(.invalidArgument, field: argument, "found a length that no text can have") }
  return Bytes(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
}

/// A text that goes into an event. One beyond an event's limit is refused before any of it is read: such a length is
/// most likely a mistake, and reading it would run past the text.
@inline(__always)
func boundedText(_ start: UnsafePointer<CChar>?, _ length: Int, _ argument: StaticString) throws(Failure) -> Bytes {
  let text = try bytes(start, length, argument)
  guard text.count <= Limit.eventBytes else {
    throw longerText(argument)
  }
  return text
}

@inline(never)
private func longerText(_ argument: StaticString) -> Failure {
  limitFailure(.tooLarge, argument, "found a longer text; the limit is ", Limit.eventBytes, " bytes")
}

/// A failure whose message ends with a limit and its unit.
@inline(never)
func limitFailure(
  _ status: Status, _ argument: StaticString, _ expectation: StaticString, _ limit: Int, _ unit: StaticString = ""
) -> Failure {
  var message = MessageBuilder()
  message.add(expectation)
  message.add(limit)
  message.add(unit)
  return Failure(status, field: [UInt8](argument.bytes), message: message.text)
}

/// A literal as a C string: it ends with a NUL and lasts forever.
@inline(__always)
func cString(_ literal: StaticString) -> UnsafePointer<CChar> { cString(literal.utf8Start) }

/// A text that ends with a NUL as a C string.
@inline(__always)
func cString(_ text: UnsafePointer<UInt8>) -> UnsafePointer<CChar> {
  UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self)
}

/// Runs a call and converts its failure to a status and a `tpc_error`.
@inline(__always)
func status(_ error: UnsafeMutablePointer<tpc_error>?, _ body: () throws(Failure) -> Void) -> Int32 {
  do throws(Failure) {
    try body()
    return Status.ok.rawValue
  } catch let failure {
    return fill(error, failure)
  }
}

@inline(never)
func fill(_ error: UnsafeMutablePointer<tpc_error>?, _ failure: Failure) -> Int32 {
  if let error {
    error.pointee.status = failure.status.rawValue
    withUnsafeMutableBytes(of: &error.pointee.field) { room in failure.field.withUnsafeBufferPointer { copy($0, into: room) } }
    withUnsafeMutableBytes(of: &error.pointee.message) { room in failure.withMessage { copy($0, into: room) } }
  }
  return failure.status.rawValue
}

/// Copies as much text as fits before a NUL, without splitting a character. A NUL within the text, which a property's
/// key may contain, would end the text early for C, so it becomes a question mark.
private func copy(_ text: Bytes, into room: UnsafeMutableRawBufferPointer) {
  let length = UTF8Text.cut(text, to: room.count - 1)
  for index in 0..<length { room[index] = text[index] == 0 ? UInt8(ascii: "?") : text[index] }
  room[length] = 0
}

/// Writes text as `tpc_event_to_json` promises: followed by a NUL, which the length does not include.
func deliver(
  _ text: Bytes, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ length: UnsafeMutablePointer<Int>?
) throws(Failure) {
  length?.pointee = text.count
  guard let buffer, capacity > text.count || capacity < 0 else {
    throw Failure(.bufferTooSmall, "the buffer is too small; the needed length was written")
  }
  if let start = text.baseAddress { memcpy(buffer, start, text.count) }
  buffer[text.count] = 0
}

/// Writes an empty text where there is room for its NUL; a buffer is not needed for it.
func deliverNothing(_ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int) {
  if let buffer, capacity != 0 { buffer[0] = 0 }
}

func timeout(_ milliseconds: Int32) throws(Failure) -> Int {
  guard milliseconds >= 0 else {
    throw Failure(.invalidArgument, field: "timeout_ms", "found a negative number; expected milliseconds from 0")
  }
  return Int(milliseconds)
}

func missing(_ argument: StaticString) -> Failure {
  Failure(.invalidArgument, field: argument, "found NULL; expected an object")
}
