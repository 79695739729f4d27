// SPDX-License-Identifier: Apache-2.0

import CTPC
import TPCCore

@inline(__always)
private func visit(_ event: OpaquePointer?) throws(Failure) -> UnsafeMutablePointer<PageVisit> {
  guard let event else { throw missing("event") }
  return UnsafeMutablePointer<PageVisit>(event)
}

@inline(__always)
private func field(_ number: Int32) throws(Failure) -> Field {
  guard let field = Field(rawValue: Int(number)) else {
    throw unknownField()
  }
  return field
}

@inline(never)
private func unknownField() -> Failure {
  limitFailure(.invalidArgument, "field", "found a number that is not a TPC_FIELD_; expected 0 to ", Field.count - 1)
}

@_cdecl("tpc_event_new") @implementation
public func tpc_event_new() -> OpaquePointer? { CMemory.makeEvent().map { OpaquePointer($0) } }

@_cdecl("tpc_event_free") @implementation
public func tpc_event_free(_ event: OpaquePointer?) { CMemory.free(event.map { UnsafeMutablePointer<PageVisit>($0) }) }

@_cdecl("tpc_event_clear") @implementation
public func tpc_event_clear(_ event: OpaquePointer?) {
  guard let event else { return }
  UnsafeMutablePointer<PageVisit>(event).pointee.clear()
}

@_cdecl("tpc_event_set") @implementation
public func tpc_event_set(
  _ event: OpaquePointer?, _ number: Int32, _ value: UnsafePointer<CChar>?, _ length: Int,
  _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  status(error) { () throws(Failure) in
    try visit(event).pointee.set(field(number), boundedText(value, length, "value"))
  }
}

@_cdecl("tpc_event_set_null") @implementation
public func tpc_event_set_null(
  _ event: OpaquePointer?, _ number: Int32, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  status(error) { () throws(Failure) in try visit(event).pointee.setNull(field(number)) }
}

@_cdecl("tpc_event_set_fields") @implementation
public func tpc_event_set_fields(
  _ event: OpaquePointer?, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int>?, _ count: Int,
  _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  status(error) { () throws(Failure) in
    let visit = try visit(event)
    guard count >= 0, count <= Field.count else {
      throw limitFailure(.invalidArgument, "count", "found more fields than there are; expected at most ", Field.count)
    }
    guard count > 0 else { return }
    guard let values else { throw missing("values") }
    for index in 0..<count {
      let field = try field(Int32(index))
      let length = lengths.map { $0[index] } ?? nulTerminated
      if length == jsonNull {
        try visit.pointee.setNull(field)
      } else if let value = values[index] {
        try visit.pointee.set(field, boundedText(value, length, "values"))
      }
    }
  }
}

// MARK: Properties

@_cdecl("tpc_event_set_string_property") @implementation
public func tpc_event_set_string_property(
  _ event: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ keyLength: Int, _ value: UnsafePointer<CChar>?,
  _ valueLength: Int, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  status(error) { () throws(Failure) in
    try visit(event).pointee.setProperty(boundedText(key, keyLength, "key"), boundedText(value, valueLength, "value"))
  }
}

@_cdecl("tpc_event_set_number_property") @implementation
public func tpc_event_set_number_property(
  _ event: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ keyLength: Int, _ value: Double,
  _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  status(error) { () throws(Failure) in try visit(event).pointee.setProperty(boundedText(key, keyLength, "key"), value) }
}

@_cdecl("tpc_event_set_integer_property") @implementation
public func tpc_event_set_integer_property(
  _ event: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ keyLength: Int, _ value: Int64,
  _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  status(error) { () throws(Failure) in try visit(event).pointee.setProperty(boundedText(key, keyLength, "key"), value) }
}

@_cdecl("tpc_event_set_boolean_property") @implementation
public func tpc_event_set_boolean_property(
  _ event: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ keyLength: Int, _ value: Int32,
  _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  status(error) { () throws(Failure) in try visit(event).pointee.setProperty(boundedText(key, keyLength, "key"), value != 0) }
}

@_cdecl("tpc_event_set_null_property") @implementation
public func tpc_event_set_null_property(
  _ event: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ keyLength: Int, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  status(error) { () throws(Failure) in try visit(event).pointee.setNullProperty(boundedText(key, keyLength, "key")) }
}

// MARK: Whole events

@_cdecl("tpc_event_validate") @implementation
public func tpc_event_validate(_ event: OpaquePointer?, _ error: UnsafeMutablePointer<tpc_error>?) -> Int32 {
  status(error) { () throws(Failure) in try visit(event).pointee.validate() }
}

@_cdecl("tpc_event_from_json") @implementation
public func tpc_event_from_json(
  _ json: UnsafePointer<CChar>?, _ length: Int, _ out: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  out?.pointee = nil
  return status(error) { () throws(Failure) in
    guard let out else { throw missing("out") }
    out.pointee = OpaquePointer(try CMemory.makeEvent(json: bytes(json, length, "json")))
  }
}

@_cdecl("tpc_event_to_json") @implementation
public func tpc_event_to_json(
  _ event: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ length: UnsafeMutablePointer<Int>?
) -> Int32 {
  status(nil) { () throws(Failure) in
    try visit(event).pointee.withJSON { text throws(Failure) in try deliver(text, buffer, capacity, length) }
  }
}

@_cdecl("tpc_uri_encode") @implementation
public func tpc_uri_encode(
  _ text: UnsafePointer<CChar>?, _ textLength: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>?, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  status(error) { () throws(Failure) in
    let given = try boundedText(text, textLength, "text")
    try URIRepair.withEncoded(given) { text throws(Failure) in try deliver(text, buffer, capacity, length) }
  }
}
