// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import TPCCore

/// The failure that `body` ends with; nil when it succeeds.
func failure(_ body: () throws(Failure) -> Void) -> Failure? {
  do throws(Failure) {
    try body()
    return nil
  } catch {
    return error
  }
}

extension Failure {
  var fieldText: String { String(decoding: field, as: UTF8.self) }
  var messageText: String { String(decoding: message, as: UTF8.self) }
}

/// The event's JSON as it is, with nothing filled in.
func json(_ visit: borrowing PageVisit) throws(Failure) -> String {
  var text = ByteBuffer()
  try visit.json(into: &text)
  return string(text.bytes)
}

/// What `event_from_json` and then `event_to_json` make of a text.
func roundTrip(_ text: String) throws -> String {
  try withBytes(text) { try json(PageVisit(json: $0)) }
}

/// The failure of reading an event from JSON.
func readingFailure(_ text: String) -> Failure? {
  withBytes(text) { bytes in failure { () throws(Failure) in _ = try PageVisit(json: bytes) } }
}

/// Options by name.
func options(_ settings: [(Option, String)]) throws -> Options {
  var options = Options()
  for (option, value) in settings { try options.set(option, value) }
  return options
}

/// The bytes that a client with these options would queue; nil when `sample_rate` leaves the event out.
func completed(_ visit: borrowing PageVisit, _ settings: [(Option, String)] = []) throws -> String? {
  var text = ByteBuffer()
  let isTaken = try EventPreview(options(settings)).append(visit, to: &text)
  return isTaken ? string(text.bytes) : nil
}

/// The same of an event's JSON.
func completed(json text: String, _ settings: [(Option, String)] = []) throws -> String? {
  try withBytes(text) { bytes in
    let visit = try PageVisit(json: bytes)
    return try completed(visit, settings)
  }
}

/// One member of completed JSON by its path; nil when it is absent. By a reader that is not the core's own.
func member(_ json: String?, _ path: String...) -> String? {
  guard let json, var value = try? JSONSerialization.jsonObject(with: Data(json.utf8)) else { return nil }
  for name in path {
    guard let object = value as? [String: Any], let inner = object[name] else { return nil }
    value = inner
  }
  return value as? String
}

/// An event with an href and what `fill` sets beside.
func visit(
  _ href: String = "https://example.com/a", _ fill: (inout PageVisit) throws -> Void = { _ in }
) throws -> PageVisit {
  var visit = PageVisit()
  try visit.set(.pageHref, href)
  try fill(&visit)
  return visit
}
