// SPDX-License-Identifier: Apache-2.0

/// The agents that a client with these options knows: those of the operator's file, then the table's.
package struct KnownAgents {
  private let added: AddedAgents?

  /// Fails with `invalidOption` or `noMemory`.
  @export(interface)
  package init(_ options: Options) throws(Failure) { added = try AgentsFile.agents(options) }

  /// The agent that a user agent names; nil if it names none. Its texts live as long as this value.
  @export(interface)
  package func named(in userAgent: Bytes) -> AIAgent? { AIAgent.named(in: userAgent, added) }
}
