// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Testing

@testable import TPCCore

@Suite("A client's reports")
struct ClientReportsTests {
  private func client(_ settings: [(Option, String)] = [(.reportCapacity, "10")]) throws -> Client {
    try Client(options([(.dryRun, "true")] + settings))
  }

  private func track(_ count: Int, _ client: Client) throws {
    for number in 0..<count {
      let visit = try visit("https://example.com/\(number)") { try $0.set(.eventId, "id-\(number)") }
      try client.track(visit)
    }
  }

  /// The ids of the reports that can be taken, and whether there can be none after them.
  private func takeAll(_ client: Client) -> (ids: [String], isOver: Bool) {
    var ids: [String] = []
    while true {
      let (report, isOver) = client.takeReport()
      guard let report else { return (ids, isOver) }
      ids.append(report.pointee.eventID)
      CMemory.free(report)
    }
  }

  private func isReadable(_ descriptor: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) == 1
  }

  @Test("Reports are taken in their order, and further ones can come while the client is open")
  func inOrder() throws {
    let client = try client()
    try track(3, client)
    #expect(try client.flush(timeoutMilliseconds: 60_000) == 0)
    let taken = takeAll(client)
    #expect(Set(taken.ids) == ["id-0", "id-1", "id-2"] && !taken.isOver)
    client.close(timeoutMilliseconds: 0)
  }

  @Test("A closed client's reports are still there, and then there are none any more")
  func afterClose() throws {
    let client = try client()
    try track(3, client)
    client.close(timeoutMilliseconds: 60_000)
    let taken = takeAll(client)
    #expect(taken.ids.count == 3 && taken.isOver)
  }

  @Test("Without room for reports there can be none")
  func noneKept() throws {
    let client = try client([])
    try track(1, client)
    #expect(takeAll(client) == ([], true) && !client.keepsReports && client.reportDescriptor == -1)
    client.close(timeoutMilliseconds: 0)
  }

  @Test("The descriptor becomes readable when the client ends, whether or not it ever sent", arguments: [0, 1])
  func descriptorAtTheEnd(count: Int) throws {
    let client = try client()
    try track(count, client)
    #expect(try client.flush(timeoutMilliseconds: 60_000) == 0)
    let descriptor = client.reportDescriptor
    _ = takeAll(client)
    #expect(!isReadable(descriptor))
    client.close(timeoutMilliseconds: 60_000)
    #expect(isReadable(descriptor))
    #expect(takeAll(client).isOver && isReadable(descriptor))
  }
}
