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
}
