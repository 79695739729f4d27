// SPDX-License-Identifier: Apache-2.0

import CTPC
import TPCCore

@_cdecl("tpc_client_track_request") @implementation @_optimize(speed)
public func tpc_client_track_request(
  _ client: OpaquePointer?, _ json: UnsafePointer<CChar>?, _ length: Int,
  _ leftOut: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 { track(client, .json(json, length), leftOut, error) }

@_cdecl("tpc_client_track_request_fields") @implementation
public func tpc_client_track_request_fields(
  _ client: OpaquePointer?, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int>?, _ count: Int,
  _ event: OpaquePointer?, _ leftOut: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 { track(client, .texts(values, lengths, count, event), leftOut, error) }

@_cdecl("tpc_client_event_from_request") @implementation
public func tpc_client_event_from_request(
  _ client: OpaquePointer?, _ json: UnsafePointer<CChar>?, _ length: Int, _ out: UnsafeMutablePointer<OpaquePointer?>?,
  _ leftOut: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 { makeEvent(client, .json(json, length), out, leftOut, error) }

@_cdecl("tpc_client_event_from_request_fields") @implementation
public func tpc_client_event_from_request_fields(
  _ client: OpaquePointer?, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int>?, _ count: Int,
  _ event: OpaquePointer?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
  _ leftOut: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 { makeEvent(client, .texts(values, lengths, count, event), out, leftOut, error) }

/// A web request in either form.
private enum GivenRequest {
  case json(UnsafePointer<CChar>?, Int)
  case texts(UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int>?, Int, OpaquePointer?)

  func input() throws(Failure) -> RequestInput {
    switch self {
    case .json(let json, let length): return RequestInput(json: try bytes(json, length, "json"))
    case .texts(let values, let lengths, let count, let event):
      guard let values else { throw missing("values") }
      return RequestInput(values, lengths, count, event.map { UnsafePointer<PageVisit>($0) })
    }
  }
}

@inline(never)
private func track(
  _ client: OpaquePointer?, _ request: GivenRequest, _ leftOut: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  leftOut?.pointee = nil
  return clientCall(error) { () throws(Failure) in
    let input = try request.input()
    let result = try ClientTable.with(token(client)) { client throws(Failure) in try client.track(input) }
    if case .leftOut(let rule) = result { leftOut?.pointee = cString(rule.name) }
  }
}

@inline(never)
private func makeEvent(
  _ client: OpaquePointer?, _ request: GivenRequest, _ out: UnsafeMutablePointer<OpaquePointer?>?,
  _ leftOut: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  out?.pointee = nil
  leftOut?.pointee = nil
  return clientCall(error) { () throws(Failure) in
    guard let out else { throw missing("out") }
    let input = try request.input()
    try ClientTable.use(token(client)) { client throws(Failure) in
      let made = try client.event(from: input)
      out.pointee = made.event.map { OpaquePointer($0) }
      leftOut?.pointee = made.leftOut.map { cString($0.name) }
    }
  }
}

@_cdecl("tpc_request_header") @implementation
public func tpc_request_header(_ index: Int) -> UnsafePointer<CChar>? { RequestHeaders.name(at: index).map { cString($0) } }

@_cdecl("tpc_ai_agent") @implementation
public func tpc_ai_agent(
  _ userAgent: UnsafePointer<CChar>?, _ length: Int, _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ operatorName: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ purpose: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> Int32 {
  let given = try? boundedText(userAgent, length, "user_agent")
  return deliver(given.flatMap { AIAgent.named(in: $0) }, name, operatorName, purpose)
}

@_cdecl("tpc_client_ai_agent") @implementation
public func tpc_client_ai_agent(
  _ client: OpaquePointer?, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int>?, _ count: Int,
  _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ operatorName: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ purpose: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ verified: UnsafeMutablePointer<Int32>?
) -> Int32 {
  var found: (agent: AIAgent, isVerified: Bool?)?
  _ = clientCall(nil) { () throws(Failure) in
    let request = try GivenRequest.texts(values, lengths, count, nil).input()
    try ClientTable.use(token(client)) { client throws(Failure) in found = try client.aiAgent(of: request) }
  }
  verified?.pointee = found?.isVerified.map { $0 ? 1 : 0 } ?? -1
  return deliver(found?.agent, name, operatorName, purpose)
}

@inline(never)
private func deliver(
  _ agent: AIAgent?, _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ operatorName: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ purpose: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> Int32 {
  name?.pointee = agent.flatMap { cString($0.name) }
  operatorName?.pointee = agent.flatMap { cString($0.operatorName) }
  purpose?.pointee = agent.map { cString($0.purpose.name) }
  return agent == nil ? 0 : 1
}

@_cdecl("tpc_ai_answer") @implementation
public func tpc_ai_answer(
  _ referrer: UnsafePointer<CChar>?, _ referrerLength: Int, _ href: UnsafePointer<CChar>?, _ hrefLength: Int,
  _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ operatorName: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ evidence: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> Int32 {
  let answer = AIAnswer.from(referrer: text(referrer, referrerLength), href: text(href, hrefLength))
  name?.pointee = answer.flatMap { cString($0.name) }
  operatorName?.pointee = answer.flatMap { cString($0.operatorName) }
  evidence?.pointee = answer.map { cString($0.evidence.name) }
  return answer == nil ? 0 : 1
}

/// A text that may be absent; so is one that no event could hold.
private func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> Bytes {
  (try? boundedText(start, length, "referrer")) ?? Bytes(start: nil, count: 0)
}

/// A text of a table as a C string: it ends with a NUL and lasts forever.
private func cString(_ text: Bytes) -> UnsafePointer<CChar>? { text.baseAddress.map { cString($0) } }
