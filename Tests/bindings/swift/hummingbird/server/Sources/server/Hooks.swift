// SPDX-License-Identifier: Apache-2.0
import Hummingbird
import TPC
import TPCHummingbird

/// The middleware's hook of that name.
func hook<Context: RequestContext>(_ name: String?) -> TrackPageVisits<Context>.Edit? {
  switch name {
  case "changes":
    { visit, request, response, context in
      visit?.title = "A title"
      visit?.sessionID = "session-1"
      visit?.properties["route"] = .string(context.endpointPath ?? "")
      visit?.properties["type"] = .string(response.headers[.contentType] ?? "")
      visit?.properties["query"] = .string(request.uri.query ?? "")
    }
  case "withholds":
    { visit, request, _, _ in if request.uri.path != "/page/1" { visit = nil } }
  case "throws":
    { visit, _, _, _ in
      await Task.yield()
      visit?.title = "never sent"
      throw Secretive()
    }
  case "spoils":
    { visit, _, _, _ in visit?.href = "no URL at all" }
  default:
    nil
  }
}

/// An error whose text holds a visitor's data.
struct Secretive: Error, CustomStringConvertible {
  var description: String { "reader@example.com has no session" }
}
