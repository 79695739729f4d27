// SPDX-License-Identifier: Apache-2.0

import CJansson

/// Reads the file that `ai_agents_file` names: agents that the table does not have, or has otherwise, as JSON.
///
///     [{"name": "AcmeBot", "operator": "Acme", "purpose": "search"}]
///
/// The members are those of Sources/AITables/agents.json, so that a newer table can be given to an older library. Others, such as
/// `source`, are not read. Errors say where in the file the fault is, and never what the file holds.
struct AgentsFile {
  static let maximumBytes = 1 << 20
  static let maximumRows = 1000
  static let maximumDepth = 16
  static let maximumTextBytes = 64

  /// Nil if the options name no file. Fails with `invalidOption` or `noMemory`.
  static func agents(_ options: Options) throws(Failure) -> AddedAgents? {
    guard options.isSet(.aiAgentsFile) else { return nil }
    let agents = AddedAgents()
    var text = ByteBuffer()
    let message: StaticString
    switch HostFile.read(options.text(.aiAgentsFile), maximumBytes: maximumBytes, into: &text) {
    case .read:
      try read(text.bytes.withoutMark(), into: agents)
      return agents
    case .outOfMemory: throw .outOfMemory
    case .missing: message = "names a file that does not exist; expected a file with agents"
    case .unreadable: message = "names a file that this process cannot read; expected a file with agents"
    case .notAFile: message = "names something other than a file; expected a file with agents"
    case .tooLarge: message = "names a larger file; expected at most 1,048,576 bytes"
    }
    throw failure(message)
  }

  /// jansson recurses: it never sees a text that is not JSON, or that is nested deeper than a file of agents can be.
  static func read(_ text: Bytes, into agents: AddedAgents) throws(Failure) {
    if let flaw = JSONSyntax.check(text) { throw failure(text, flaw.offset, flaw.expected) }
    if let offset = JSONSyntax.offset(deeperThan: maximumDepth, text) {
      throw failure(text, offset, "at most 16 levels of objects and arrays")
    }
    for byte in text where byte > 0x20 {
      guard byte == UInt8(ascii: "[") else { throw failure("the file: expected an array of agents") }
      break
    }
    var offset = 0
    // Checked JSON is never empty.
    let start = UnsafeRawPointer(text.baseAddress.unsafelyUnwrapped).assumingMemoryBound(to: CChar.self)
    guard let list = tpc_json_load(start, text.count, &offset) else {
      throw failure(text, offset, "numbers of at most 64 bits, texts without \\u0000, and each member once")
    }
    defer { tpc_json_release(list) }
    let count = json_array_size(list)
    guard count <= maximumRows else { throw failure("the file: expected at most 1,000 agents") }
    for index in 0..<count {
      guard let fault = add(json_array_get(list, index), to: agents) else { continue }
      throw fault.expected.utf8CodeUnitCount == 0 ? .outOfMemory : failure("/", index, 0, fault.member, fault.expected)
    }
  }

  /// Adds the agent of a row. Returns the member that is wrong and what was expected there, which is empty when memory ran out.
  @inline(never)
  private static func add(
    _ row: UnsafeMutablePointer<json_t>?, to agents: AddedAgents
  ) -> (member: StaticString, expected: StaticString)? {
    guard let row, tpc_json_is_object(row) != 0 else { return ("", "an object with name, operator and purpose") }
    guard let name = text(row, "name"), isName(name) else {
      return ("/name", "1 to 64 letters, digits and +-._, without spaces, as a user agent names a product")
    }
    if agents.agent(name) != nil { return ("/name", "each agent once") }
    guard let operatorName = text(row, "operator"), isPlain(operatorName) else {
      return ("/operator", "1 to 64 bytes of text without quotes, backslashes and control characters")
    }
    guard let purpose = text(row, "purpose").flatMap({ AIAgent.Purpose(name: $0) }) else {
      return ("/purpose", "training, search, user or agent")
    }
    return agents.add(name, operatorName, purpose) ? nil : ("", "")
  }

  @inline(never)
  private static func isName(_ text: Bytes) -> Bool {
    for byte in text where byte >= 0x80 || !UserAgentCharacter.isOfToken(byte) { return false }
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
    let member = UnsafeRawPointer(member.utf8Start).assumingMemoryBound(to: CChar.self)
    guard let value = json_object_get(row, member), let start = json_string_value(value) else { return nil }
    let count = json_string_length(value)
    guard count > 0 && count <= maximumTextBytes else { return nil }
    return Bytes(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
  }

  // MARK: Errors

  @inline(never)
  private static func failure(_ message: StaticString) -> Failure { Failure(.invalidOption, field: "ai_agents_file", message) }

  /// A fault at a byte of the file.
  @inline(never)
  private static func failure(_ text: Bytes, _ offset: Int, _ expected: StaticString) -> Failure {
    var (line, start) = (1, 0)
    for index in 0..<min(offset, text.count) where text[index] == UInt8(ascii: "\n") { (line, start) = (line + 1, index + 1) }
    return failure("line ", line, offset - start + 1, "", expected)
  }

  /// A fault at a line's byte, or in a row or its member, which a JSON pointer names.
  @inline(never)
  private static func failure(
    _ unit: StaticString, _ number: Int, _ byte: Int, _ member: StaticString, _ expected: StaticString
  ) -> Failure {
    var message = MessageBuilder()
    message.add("the file, ")
    message.add(unit)
    message.add(number)
    if byte > 0 {
      message.add(", byte ")
      message.add(byte)
    }
    message.add(member)
    message.add(": expected ")
    message.add(expected)
    return Failure(.invalidOption, field: [UInt8](OptionTable.row(.aiAgentsFile).name.bytes), message: message.text)
  }
}
