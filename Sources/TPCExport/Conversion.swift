// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import CTPC
import TPCCore

/// TPC_NTS and TPC_NULL of tpc.h; casts in macros are not imported.
let nulTerminated = Int(bitPattern: UInt.max)
let jsonNull = Int(bitPattern: UInt.max - 1)

/// The text that C handed over. `size_t` arrives as Int: what is negative here is beyond every object's size there.
@inline(__always)
func bytes(_ start: UnsafePointer<CChar>?, _ length: Int, _ argument: StaticString) throws(Failure) -> Bytes {
  guard let start else {
    // An empty text may come without an address, as from an empty vector.
    if length == 0 { return Bytes(start: nil, count: 0) }
    throw Failure(.invalidArgument, field: argument, "found NULL; expected text")
  }
  let count = length == nulTerminated ? strlen(start) : length
  guard count >= 0 else { throw Failure(.invalidArgument, field: argument, "found a length beyond any text's") }
  return Bytes(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
}

/// A text that an event has to hold. What is beyond an event's limit is refused before any of it is read: such a length is
/// most likely a mistake, which would lead out of the text.
@inline(__always)
func boundedText(_ start: UnsafePointer<CChar>?, _ length: Int, _ argument: StaticString) throws(Failure) -> Bytes {
  let text = try bytes(start, length, argument)
  guard text.count <= Limit.eventBytes else {
    throw Failure(.tooLarge, field: argument, "found a longer text; the limit is 1048576 bytes")
  }
  return text
}

/// Runs a call and turns its failure into a status and a `tpc_error`.
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

/// As much as fits before a NUL, cut at a character's boundary. A NUL within the text, which a property's key may have, would
/// end it early for C: it becomes a question mark.
private func copy(_ text: Bytes, into room: UnsafeMutableRawBufferPointer) {
  let length = UTF8Text.cut(text, to: room.count - 1)
  for index in 0..<length { room[index] = text[index] == 0 ? UInt8(ascii: "?") : text[index] }
  room[length] = 0
}

/// Writes text as `tpc_event_to_json` says: with a NUL behind it, the length without it.
func deliver(
  _ text: Bytes, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ length: UnsafeMutablePointer<Int>?
) throws(Failure) {
  length?.pointee = text.count
  guard let buffer, capacity > text.count || capacity < 0 else {
    throw Failure(.bufferTooSmall, "the buffer is too small; the length that is needed was written")
  }
  if let start = text.baseAddress { memcpy(buffer, start, text.count) }
  buffer[text.count] = 0
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
