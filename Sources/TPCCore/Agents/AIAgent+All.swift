// SPDX-License-Identifier: Apache-2.0

extension AIAgent {
  /// Calls `body` with each agent that a client with these options knows: those of the operator's file, then the table's. Fails with
  /// `invalidOption` or `noMemory`.
  @export(interface)
  package static func forEach(_ options: Options, _ body: (AIAgent) -> Void) throws(Failure) {
    func tell(_ agent: AIAgent) {
      // The others say who signs as a host.
      if agent.name.first != UInt8(ascii: "@") { body(agent) }
    }
    if let added = try AgentsFile.agents(options) { for index in 0..<added.count { tell(added[index]) } }
    var rest = AIAgentTable.text.bytes.tail(1)
    func next() -> Bytes {
      let text = rest.part(0, rest.firstOffset(of: 0) ?? rest.count)
      rest = rest.part(text.count + 1, rest.count)
      return text
    }
    while !rest.isEmpty {
      let (name, operatorName, purpose) = (next(), next(), next())
      if let purpose = purpose.first.flatMap({ Purpose(rawValue: $0) }) { tell(AIAgent(name, operatorName, purpose)) }
    }
  }
}
