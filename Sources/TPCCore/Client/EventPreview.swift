// SPDX-License-Identifier: Apache-2.0

/// Shows what a client with the same options would send, without a client, a credential or a network.
package final class EventPreview {
  private let settings: CompletionSettings
  private var random = Random()

  /// Fails with `invalidOption` where making a client would, but for the credential; logs the variables that nobody reads.
  @export(interface)
  package convenience init(_ options: Options) throws(Failure) {
    options.unread.log(to: options.log)
    var dry = options
    try dry.set(.dryRun, Bytes("true"))
    self.init(try Configuration(dry).completion)
  }

  private init(_ settings: CompletionSettings) { self.settings = settings }

  /// Appends the event's JSON, with everything that `track` fills in, truncates and redacts. Returns `false` if
  /// `sample_rate`, `only_ai_agents` or `only_ai` leaves the event out. Fails as `track` does.
  @export(interface)
  package func append(_ visit: borrowing PageVisit, to json: inout ByteBuffer) throws(Failure) -> Bool {
    guard case .body(let body) = try Completion.complete(visit, settings, random: { (random.next(), random.next()) }) else {
      return false
    }
    guard json.append(body.bytes) else { throw .outOfMemory }
    return true
  }
}
