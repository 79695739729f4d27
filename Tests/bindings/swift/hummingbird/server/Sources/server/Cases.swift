// SPDX-License-Identifier: Apache-2.0
import Foundation
import Hummingbird

/// A case of Tests/bindings/answered.json.
struct Case: Decodable {
  let application: [String]
}

func addCases(to router: Router<some RequestContext>) {
  guard let table = environment["ANSWERED"].flatMap({ FileManager.default.contents(atPath: $0) }) else { return }
  let cases = (try? JSONDecoder().decode([Case].self, from: table)) ?? []
  router.get("case/:number") { _, context in
    let number = Int(context.parameters.get("number") ?? "") ?? 0
    return try await answer(number, cases[number].application[...])
  }
}

/// The response that the last step that announces one announces.
private func answer(_ number: Int, _ steps: ArraySlice<String>) async throws -> Response {
  var steps = steps
  var status: HTTPResponse.Status?
  while let step = steps.first, !step.hasPrefix("announce") { try await take(step, of: number); steps.removeFirst() }
  while let step = steps.first, step.hasPrefix("announce") {
    status = .init(code: Int(step.split(separator: " ")[1]) ?? 0)
    steps.removeFirst()
  }
  guard let status else { throw Broken() }
  let rest = steps
  return Response(
    status: status, headers: [.contentType: "text/html"],
    body: ResponseBody { writer in
      for step in rest {
        if step == "send" { try await writer.write(ByteBuffer(string: "<h1>part</h1>")) } else { try await take(step, of: number) }
      }
      try await writer.finish(nil)
    })
}

private func take(_ step: String, of number: Int) async throws {
  if step == "raise" { throw Broken() }
  if step.hasPrefix("wait") {
    mark("arrived-\(number)")
    try await marked("left-\(number)")
  }
}
