// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Clients")
struct ClientTests {
  @Test("A closed client takes nothing more, waits for nothing, and counts none of it")
  func closed() throws {
    let client = try Client(options([(.dryRun, "true")]))
    let event = #"{"event":"page_visit","page":{"href":"x:y"}}"#
    _ = try withBytes(event) { try client.track(json: $0) }
    #expect(client.close(timeoutMilliseconds: 0) == 0)
    let before = client.statistics
    let refusals = [
      withBytes(event) { json in failure { () throws(Failure) in try client.track(json: json) } },
      withBytes(request()) { json in failure { () throws(Failure) in _ = try client.track(request: json) } },
      failure { () throws(Failure) in try client.flush(timeoutMilliseconds: 60_000) },
      failure { () throws(Failure) in _ = try client.poll(timeoutMilliseconds: 60_000) },
    ]
    #expect(refusals.map { $0?.status } == [.closed, .closed, .closed, .closed])
    #expect(client.statistics == before && before.accepted == 1 && before.delivered == 1)
  }

  @Test("A released client takes nothing more, and a close after it changes nothing")
  func released() throws {
    let client = try Client(options([(.dryRun, "true")]))
    let event = #"{"event":"page_visit","page":{"href":"x:y"}}"#
    _ = try withBytes(event) { try client.track(json: $0) }
    client.release()
    let refusal = withBytes(event) { json in failure { () throws(Failure) in try client.track(json: json) } }
    #expect(refusal?.status == .closed)
    client.release()
    #expect(client.close(timeoutMilliseconds: 0) == 0 && client.statistics.delivered == 1)
  }

  @Test("An event's body is what is queued, and neither sent nor counted")
  func body() throws {
    let client = try Client(options([(.dryRun, "true"), (.eventID, "random"), (.sdkName, "mine")]))
    let visit = try visit("https://example.com/a?token=1") { try $0.set(.eventId, "id-1") }
    let text = try client.body(of: visit)
    #expect(String(decoding: text.body, as: UTF8.self).contains("token=REDACTED") && text.leftOut == nil)
    #expect(client.statistics == Statistics())
    let picky = try Client(options([(.dryRun, "true"), (.onlyAIAgents, "true")]))
    let none = try picky.body(of: visit)
    #expect(none.body.isEmpty && none.leftOut.map { String(decoding: $0.bytes, as: UTF8.self) } == "not_ai_agent")
    #expect(picky.statistics == Statistics())
  }
}
