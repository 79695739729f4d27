// SPDX-License-Identifier: Apache-2.0

@testable import TPCCore

/// The event that a request's JSON becomes, as JSON; or the rule that leaves it out.
enum ReadRequest: Equatable {
  case visit(String)
  case leftOut(LeftOut)

  var text: String {
    if case .visit(let text) = self { return text }
    return ""
  }
}

func read(
  _ request: String, _ settings: [(Option, String)] = [], hasLocalEndpoint: Bool = false
) throws -> ReadRequest {
  let rules = try RequestRules(options(settings), nil, hasLocalEndpoint: hasLocalEndpoint)
  let completion = try CompletionSettings(options(settings))
  return try withBytes(request) { bytes in
    var visit = PageVisit()
    var request = WebRequest()
    if let rule = try rules.read(RequestInput(json: bytes), &request, into: &visit, completion) { return .leftOut(rule) }
    return .visit(try json(visit))
  }
}

/// What reading a request fails with.
func refusal(of request: String, _ settings: [(Option, String)] = []) -> Failure? {
  do {
    _ = try read(request, settings)
    return nil
  } catch let failure as Failure {
    return failure
  } catch {
    return nil
  }
}

/// A request's JSON with these members, and headers of these names, besides a method, a host and a target.
func request(_ members: String = "", headers: String = "") -> String {
  #"{"method":"GET","scheme":"http","host":"example.com","target":"/a","headers":{\#(headers)}"#
    + (members.isEmpty ? "}" : ",\(members)}")
}
