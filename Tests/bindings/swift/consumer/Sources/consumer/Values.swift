// SPDX-License-Identifier: Apache-2.0

import Foundation
import TPC

private func copy<Value: Codable>(_ value: Value) throws -> Value {
  try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
}

/// A visit in which everything is set.
private func fullVisit() -> Visit {
  var visit = Visit(
    href: "https://example.com/a", domain: "example.com", pathname: "/a", title: "A \u{0}\u{1F600}", canonicalURL: "https://example.com/b",
    referrer: "https://example.org/", userAgent: "GPTBot/1.2", clientIP: "192.0.2.7", method: "GET", sessionID: "s",
    anonymousID: "a", eventID: "own", occurredAt: Date(timeIntervalSince1970: 1_800_000_000.123456), sdkName: "n", sdkVersion: "1",
    sdkRuntime: "r", properties: ["plan": "pro", "seats": 3, "discount": 0.5, "trial": true, "coupon": nil])
  visit.properties["interpolated"] = "\(1 + 1) pages"
  visit.properties["large"] = .integer(.max)
  return visit
}

/// Codable round trips, and that a visit arrives as its JSON says.
func checkCodable() async throws {
  let full = fullVisit()
  expectEqual(try copy(full), full, "a full visit")
  var nulls = Visit(href: "https://example.com/")
  nulls.nulls = Set(Visit.NullableField.allCases)
  expectEqual(try copy(nulls), nulls, "a visit of nulls")
  expectEqual(try copy(Visit()), Visit(), "an empty visit")
  let properties: [Property] = [.string(""), .integer(.min), .integer(.max), .number(-0.5), .boolean(false), .null, 7, "t", nil]
  expectEqual(try copy(properties), properties, "properties")
  checkEqualNumbers()
  for text in [#"{"a": []}"#, #"{"a": {}}"#] {
    let decoded = try? JSONDecoder().decode([String: Property].self, from: Data(text.utf8))
    expectEqual(decoded, nil, text)
  }
  for text in [#"{"event": "click"}"#, #"{"occurredAt": "soon"}"#, #"{"page": 7}"#, #"{"eventId": 7}"#, "[]"] {
    expect((try? JSONDecoder().decode(Visit.self, from: Data(text.utf8))) == nil, "\(text) is a visit")
  }

  var configuration = Configuration()
  configuration.reportCapacity = 10
  let visits = try PageVisits(configuration)
  try visits.track(full)
  try visits.track(nulls)
  for await report in visits.reports.prefix(2) { expectEqual(try? copy(report), report, "a report") }
  await visits.close(timeout: .seconds(60))
  expectEqual(try copy(visits.statistics), visits.statistics, "the counters")
  print(String(decoding: try JSONEncoder().encode(full), as: UTF8.self))
  print(String(decoding: try JSONEncoder().encode(nulls), as: UTF8.self))
}

/// JSON has one kind of number: a whole one that comes back as an integer is the same value.
private func checkEqualNumbers() {
  let whole: [Property] = [.number(3), .number(-0.0), .number(1e15), .number(-9.007199254740992e15)]
  expectEqual(try? copy(whole), whole, "whole numbers")
  expectEqual(Set<Property>([3, 3.0, .number(3), "3", true, nil, 1, 0, false, ""]).count, 8, "different values")
  expect(Property.number(0.5) != .integer(0) && Property.number(.nan) != .number(.nan), "different numbers are equal")
  // 2^63 is one more than the largest integer, which the nearest double is not.
  expect(Property.number(9.223372036854775807e18) != .integer(.max), "a number beyond the integers is one")
}

/// No date traps: what four digits can write arrives, and others are refused.
func checkDates() async throws {
  let visits = try PageVisits()
  let day = 86_400.0
  let good: [(Date, String)] = [
    (Date(timeIntervalSince1970: 0), "1970-01-01T00:00:00.000Z"), (Date(timeIntervalSince1970: -0.001), "1969-12-31T23:59:59.999Z"),
    (Date(timeIntervalSince1970: -0.000001), "1969-12-31T23:59:59.999999Z"),
    (Date(timeIntervalSince1970: 1.5), "1970-01-01T00:00:01.500Z"), (Date(timeIntervalSince1970: 1.000001), "1970-01-01T00:00:01.000001Z"),
    (Date(timeIntervalSince1970: -719_528 * day), "0000-01-01T00:00:00.000Z"),
    (Date(timeIntervalSince1970: 2_932_897 * day - 1), "9999-12-31T23:59:59.000Z"),
    (.distantPast, "0000-12-30T00:00:00.000Z"), (.distantFuture, "4001-01-01T00:00:00.000Z"),
  ]
  for (date, text) in good {
    let visit = Visit(href: "https://example.com/", occurredAt: date)
    try visits.track(visit)
    let json = String(decoding: try JSONEncoder().encode(visit), as: UTF8.self)
    expect(json.contains("\"\(text)\""), "\(text): \(json)")
    expect(abs(try copy(visit).occurredAt?.timeIntervalSince(date) ?? 1) < 0.0000005, "\(text): read back differently")
  }
  let bad: [TimeInterval] = [
    .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1e300, -719_528 * day - 1, 2_932_897 * day, 1e18,
  ]
  for seconds in bad {
    let visit = Visit(href: "https://example.com/", occurredAt: Date(timeIntervalSince1970: seconds))
    do throws(TPCError) {
      try visits.track(visit)
      expect(false, "\(seconds) is accepted")
    } catch {
      expectEqual(error.code, .invalidEvent, "\(seconds)")
      expectEqual(error.field, "/occurredAt", "\(seconds)")
    }
    expect((try? JSONEncoder().encode(visit)) == nil, "\(seconds) is written as JSON")
  }
  for digits in ["7", "12", "123456", "123456789", "999999999999999999999"] {
    let text = #"{"page": {"href": "a:"}, "occurredAt": "2026-01-31T12:00:00.\#(digits)+02:00"}"#
    let visit = try JSONDecoder().decode(Visit.self, from: Data(text.utf8))
    let fraction = Double("0.\(digits.prefix(6))") ?? -1
    expect(abs((visit.occurredAt?.timeIntervalSince1970 ?? 0) - 1_769_853_600 - fraction) < 0.000001, text)
  }
  await visits.close(timeout: .seconds(60))
  print(good.map(\.1).joined(separator: " "))
}

/// The error's members, and that it can be logged as it is.
func checkErrors() throws {
  do throws(TPCError) {
    try Visit(href: "/pricing").validate()
    expect(false, "a relative href is accepted")
  } catch {
    expectEqual(error.code, .invalidEvent, "code")
    expectEqual(error.field, "/page/href", "field")
    expect(error.message.contains("expected a scheme"), "message: \(error.message)")
    expectEqual(error.description, "/page/href: \(error.message)", "description")
    expectEqual(error.errorDescription, error.description, "errorDescription")
    expectEqual((error as any Error).localizedDescription, error.description, "localizedDescription")
    expectEqual(Set([error, error]).count, 1, "a set of errors")
  }
  expectEqual(try copy(TPCError.Code.allCases), TPCError.Code.allCases, "codes")
  for (properties, field) in [(["rate": .number(.nan)], "/properties/rate"), (["rate": .number(-.infinity)], "/properties/rate")] as [([String: Property], String)] {
    do throws(TPCError) {
      try Visit(href: "https://example.com/", properties: properties).validate()
      expect(false, "\(properties) is accepted")
    } catch { expectEqual(error.field, field, "\(properties)") }
  }
  let visits = try PageVisits()
  do throws(TPCError) { try visits.track(json: "{") } catch { expectEqual(error.code, .invalidJSON, "half of JSON") }
}

/// With `enabled` false, everything is accepted.
func checkDisabled() async throws {
  var configuration = Configuration()
  configuration.enabled = false
  let visits = try PageVisits(configuration)
  try visits.track(Visit(href: "not a URL", occurredAt: Date(timeIntervalSince1970: .nan)))
  try visits.track(Visit())
  try visits.track(WebRequest(method: "", target: ""), adding: Visit(href: "not a URL"))
  try visits.track(json: "{")
  expectEqual(visits.statistics.disabled, 4, "disabled")
  expect(!visits.isMisconfigured, "without a request, nothing is wrong")
  await visits.close()
}

func checkAgents() {
  let agent = AIAgent.named(in: "Mozilla/5.0 (compatible; GPTBot/1.2)")
  expectEqual(agent?.name, "GPTBot", "name")
  expectEqual(agent?.operatorName, "OpenAI", "operator")
  expectEqual(agent?.purpose, .training, "purpose")
  expectEqual(try? copy(agent), agent, "an agent")
  for text in ["", "notGPTBot", String(repeating: "x", count: 100_000), "\u{0}"] { expectEqual(AIAgent.named(in: text), nil, "an agent") }
  let answer = AIAnswer.from(referrer: "https://chatgpt.com/")
  expectEqual(answer?.name, "ChatGPT", "name")
  expectEqual(answer?.operatorName, "OpenAI", "operator")
  expectEqual(answer?.evidence, .referrer, "evidence")
  expectEqual(AIAnswer.from(referrer: "", href: "https://example.com/?utm_source=chatgpt.com")?.evidence, .utm, "evidence")
  expectEqual(try? copy(answer), answer, "an answer")
  expectEqual(AIAnswer.from(referrer: "\u{0}", href: ""), nil, "an answer")
  print(AIAgent.Purpose.allCases.map(\.rawValue), AIAnswer.Evidence.allCases.map(\.rawValue))
}
