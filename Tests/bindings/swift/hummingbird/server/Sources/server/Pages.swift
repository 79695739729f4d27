// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTPTypes
import Hummingbird
import TPCHummingbird

struct Broken: Error {}

func addPages(to router: Router<some RequestContext>) {
  router.get("page/:number") { _, context in page("page \(context.parameters.get("number") ?? "")") }
  router.get("style.css") { _, _ in Response(status: .ok, headers: [.contentType: "text/css"], body: .init(byteBuffer: .init(string: "b{}"))) }
  router.post("form") { _, _ in page("thanks") }
  router.get("json") { _, _ in ["a": 1] }
  router.get("nothing") { _, _ in Response(status: .noContent) }
  router.get("throws/:status") { _, context -> Response in
    throw HTTPError(.init(code: Int(context.parameters.get("status") ?? "") ?? 500), message: "thrown")
  }
  router.get("breaks") { _, _ -> Response in throw Broken() }
  // Answers when the test says so, in two pieces.
  router.get("held/:name") { _, context in
    let name = context.parameters.get("name") ?? ""
    mark("arrived-\(name)")
    try await marked("go-\(name)")
    return page("held")
  }
  router.get("trailers") { _, _ in
    Response(
      status: .ok, headers: [.contentType: "text/html", .trailer: "x-sum"],
      body: ResponseBody { writer in
        try await writer.write(ByteBuffer(string: "<h1>"))
        try await writer.write(contentsOf: [ByteBuffer(string: "part"), ByteBuffer(string: "</h1>")])
        try await writer.finish([HTTPField.Name("x-sum")!: "42"])
      })
  }
  let group = router.group("group")
  group.add(middleware: TrackPageVisits(visits))
  group.get("page") { _, _ in page("in a group") }
}

func page(_ text: String) -> Response {
  Response(status: .ok, headers: [.contentType: "text/html; charset=utf-8"], body: .init(byteBuffer: .init(string: "<h1>\(text)</h1>")))
}

// MARK: The test and the site tell each other here how far they are.

func mark(_ name: String) { _ = FileManager.default.createFile(atPath: "\(environment["MARKS"] ?? ".")/\(name)", contents: nil) }

func marked(_ name: String) async throws {
  while !FileManager.default.fileExists(atPath: "\(environment["MARKS"] ?? ".")/\(name)") { try await Task.sleep(for: .milliseconds(5)) }
}
