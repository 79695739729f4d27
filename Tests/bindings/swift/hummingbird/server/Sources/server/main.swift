// SPDX-License-Identifier: Apache-2.0
// A site that tracks its page visits. HOOK names the hook of its middleware, CONTEXT=basic has no address, and
// SCHEME is how visitors reach it.
import Foundation
import Hummingbird
import NIOCore
import TPC
import TPCHummingbird

let environment = ProcessInfo.processInfo.environment
let visits = try PageVisits()
let isBasic = environment["CONTEXT"] == "basic"
if isBasic {
  try await serve(Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints))
} else {
  try await serve(Router(context: SiteContext.self, options: .autoGenerateHeadEndpoints))
}
let numbers = visits.statistics
say("accepted \(numbers.accepted) delivered \(numbers.delivered) left out \(numbers.leftOut)")

func serve<Context: RequestContext>(_ router: Router<Context>) async throws
where Context.Source == ApplicationRequestContextSource {
  router.add(middleware: TrackPageVisits(visits, scheme: environment["SCHEME"], edit: hook(environment["HOOK"])))
  if environment["TWICE"] != nil { router.add(middleware: TrackPageVisits(visits)) }
  if let folder = environment["FILES"] { router.add(middleware: FileMiddleware(folder)) }
  addPages(to: router)
  addCases(to: router)
  let application = Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)), services: [visits],
    onServerRunning: { channel in say("listening on \(channel.localAddress?.port ?? 0)") })
  try await application.runService()
}

/// Writes a line at once.
func say(_ line: String) { try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8)) }

struct SiteContext: RemoteAddressRequestContext {
  var coreContext: CoreRequestContextStorage
  let remoteAddress: SocketAddress?

  init(source: Source) {
    coreContext = .init(source: source)
    remoteAddress = source.channel.remoteAddress
  }
}
