// SPDX-License-Identifier: Apache-2.0

import CTPCJansson

/// Reads the file that `ai_agents_file` names: agents that the table does not have, or has otherwise, as JSON.
///
///     [{"name": "AcmeBot", "operator": "Acme", "purpose": "search"}]
///
/// The members are those of Sources/AITables/agents.json, so that a newer table can be given to an older library. Others, such as
/// `source`, are not read.
struct AgentsFile {
  static let maximumRows = 1000

  /// Nil if the options name no file. Fails with `invalidOption` or `noMemory`.
  static func agents(_ options: Options) throws(Failure) -> AddedAgents? {
    guard options.isSet(.aiAgentsFile) else { return nil }
    let agents = AddedAgents()
    var text = ByteBuffer()
    let message: StaticString
    switch HostFile.read(options.text(.aiAgentsFile), maximumBytes: OperatorFile.maximumBytes, into: &text) {
    case .read:
      try read(text.bytes.withoutMark(), into: agents)
      return agents
    case .outOfMemory: throw .outOfMemory
    case .missing: message = "names a file that does not exist; expected a file with agents"
    case .unreadable: message = "names a file that this process cannot read; expected a file with agents"
    case .notAFile: message = "names something other than a file; expected a file with agents"
    case .tooLarge: message = "names a larger file; expected at most 1,048,576 bytes"
    }
    throw Failure(.invalidOption, field: "ai_agents_file", message)
  }

  static func read(_ text: Bytes, into agents: AddedAgents) throws(Failure) {
    let file = OperatorFile("ai_agents_file")
    guard let list = file.json(text, expected: "an array of agents") else { throw file.failure }
    defer { tpc_json_release(list) }
    if !add(list, to: agents, file) { throw file.failure }
  }

  @inline(never)
  private static func add(_ list: UnsafeMutablePointer<json_t>, to agents: AddedAgents, _ file: OperatorFile) -> Bool {
    guard tpc_json_is_array(list) != 0 else { return file.refuse("an array of agents") }
    let count = json_array_size(list)
    guard count <= maximumRows else { return file.refuse("at most 1,000 agents") }
    for index in 0..<count {
      guard let fault = add(json_array_get(list, index), to: agents) else { continue }
      (file.unit, file.number) = ("/", index)
      return fault.expected.utf8CodeUnitCount > 0 && file.refuse(fault.expected, byte: 0, fault.member)
    }
    return true
  }

  /// Adds the agent of a row. Returns the member that is wrong and what was expected there, which is empty when memory ran out.
  @inline(never)
  private static func add(
    _ row: UnsafeMutablePointer<json_t>?, to agents: AddedAgents
  ) -> (member: StaticString, expected: StaticString)? {
    guard let row, tpc_json_is_object(row) != 0 else { return ("", "an object with name, operator and purpose") }
    let host = text(row, "signatureAgent")
    // An agent that no user agent names, since it signs its requests, may have a name of several words.
    guard let name = text(row, "name"), isName(name, orHas: host == nil ? 0x2D : 0x20) else {
      return ("/name", "1 to 64 letters, digits and +-._, without spaces, as a user agent names a product")
    }
    if agents.agent(name) != nil { return ("/name", "each agent once") }
    guard let operatorName = text(row, "operator"), isPlain(operatorName) else {
      return ("/operator", "1 to 64 bytes of text without quotes, backslashes and control characters")
    }
    guard let purpose = text(row, "purpose").flatMap({ AIAgent.Purpose(name: $0) }) else {
      return ("/purpose", "training, search, user or agent")
    }
    guard agents.add(name, operatorName, purpose) else { return ("", "") }
    if let host { return addSigner(host, name, to: agents) }
    return OperatorFile.member(row, "signatureAgent") == nil ? nil : notAHost
  }

  private static var notAHost: (StaticString, StaticString) { ("/signatureAgent", "a host, such as chatgpt.com") }

  /// Adds the row that finds an agent by the host that it signs as; an earlier one stays.
  private static func addSigner(_ host: Bytes, _ name: Bytes, to agents: AddedAgents) -> (StaticString, StaticString)? {
    var key = ByteBuffer()
    guard isName(host) else { return notAHost }
    guard key.put("@"), key.put(host), agents.agent(key.bytes) != nil || agents.add(key.bytes, name, .agent) else { return ("", "") }
    return nil
  }

  @inline(never)
  private static func isName(_ text: Bytes, orHas other: UInt8 = 0x2D) -> Bool {
    for byte in text where byte >= 0x80 || !UserAgentCharacter.isOfToken(byte) && byte != other { return false }
    return true
  }

  /// Whether the text can stand in JSON as it is.
  @inline(never)
  private static func isPlain(_ text: Bytes) -> Bool {
    for byte in text where byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
    return true
  }

  /// A member's text of 1 to 64 bytes, which is the row's; nil if there is none.
  @inline(never)
  private static func text(_ row: UnsafeMutablePointer<json_t>, _ member: StaticString) -> Bytes? {
    OperatorFile.text(OperatorFile.member(row, member))
  }
}
