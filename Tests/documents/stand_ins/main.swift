// SPDX-License-Identifier: Apache-2.0

// One request through the middleware of docs/swift.md.

import TPC
import Vapor

struct Page: AsyncResponder {
  func respond(to request: Request) async throws -> Response {
    Response(status: 200, headers: HTTPHeaders([("Content-Type", "text/html; charset=utf-8")]))
  }
}

let visits = try PageVisits()
let headers = HTTPHeaders([("Host", "example.com"), ("User-Agent", "GPTBot/1.2")])
let request = Request("GET", "/pricing?plan=pro", headers: headers, ipAddress: "192.0.2.7")
_ = try await TrackPageVisits(visits: visits).respond(to: request, chainingTo: Page())
await visits.close(timeout: .seconds(60))
