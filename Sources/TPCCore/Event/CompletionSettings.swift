// SPDX-License-Identifier: Apache-2.0

/// The settings for completing an event: what a client adds to it, and removes from it, before it is queued.
final class CompletionSettings {
  let sampleRate: Double
  let clientAddress: ClientAddressPolicy
  let redaction: Redaction
  /// The ids that `anonymous_id` fills in; nil when it fills in none.
  let visitors: HashedIdentity?
  let maximumBytes: Int
  let addedAgents: AddedAgents?
  /// Nil if the addresses of agents are not known.
  let verifier: AgentVerifier?
  /// Nil if the keys of agents are not known.
  let keys: AgentVerifier?
  let onlyAIAgents: Bool
  private let onlyAI: Bool
  private let labelsAIAgents: Bool
  private let labelsAIAnswers: Bool
  /// Whether anything depends on who reads a page.
  let asksForReader: Bool
  /// JSON text without its quotes; the values of events point into these buffers.
  let sdkName: ByteBuffer
  let sdkVersion: ByteBuffer
  let sdkRuntime: ByteBuffer

  /// Everything that can fail happens before the object exists: in an Embedded build, an object whose initializer fails
  /// is never freed.
  convenience init(_ options: Options) throws(Failure) {
    let version = options.text(.sdkVersion)
    let redaction = try Redaction(options.text(.redactQuery))
    let sdkName = try CompletionSettings.escaped(options.text(.sdkName))
    let sdkVersion = try CompletionSettings.escaped(version.isEmpty ? [UInt8](Version.text.bytes) : version)
    let sdkRuntime = try CompletionSettings.escaped(options.text(.sdkRuntime))
    let agents = try CompletionSettings.agents(options)
    let visitors = try HashedIdentity.make(options, for: .anonymousID)
    self.init(options, redaction, agents, visitors, sdkName, sdkVersion, sdkRuntime)
  }

  private init(
    _ options: Options, _ redaction: Redaction, _ agents: KnownAgents, _ visitors: HashedIdentity?,
    _ sdkName: consuming ByteBuffer, _ sdkVersion: consuming ByteBuffer, _ sdkRuntime: consuming ByteBuffer
  ) {
    sampleRate = options.number(.sampleRate)
    clientAddress = ClientAddressPolicy(rawValue: options.choice(.clientIP)) ?? .full
    maximumBytes = Int(options.integer(.maxEventBytes))
    addedAgents = agents.added
    verifier = agents.verifier
    keys = agents.keys
    self.visitors = visitors
    onlyAIAgents = options.boolean(.onlyAIAgents)
    onlyAI = options.boolean(.onlyAI)
    // Who names the folder wants to see what it says.
    labelsAIAgents = options.boolean(.labelAIAgents) || verifier != nil || keys != nil
    labelsAIAnswers = options.boolean(.labelAIAnswers)
    asksForReader = onlyAIAgents || onlyAI || labelsAIAgents || labelsAIAnswers || visitors != nil
    self.redaction = redaction
    self.sdkName = sdkName
    self.sdkVersion = sdkVersion
    self.sdkRuntime = sdkRuntime
  }

  /// What the site's operator knows about agents.
  private typealias KnownAgents = (added: AddedAgents?, verifier: AgentVerifier?, keys: AgentVerifier?)

  @inline(never)
  private static func agents(_ options: Options) throws(Failure) -> KnownAgents {
    let now = Clock.monotonic()
    return (try AgentsFile.agents(options), try .verifier(options, now: now), try .verifier(options, .aiKeysFolder, now: now))
  }

  /// Whether a person makes the visit, as far as anybody knows; the label that it gets for who reads the page; and why it is not
  /// wanted, if it is not. A visit that names an agent is that agent's, wherever it came from.
  func reader(of visit: borrowing PageVisit) -> (isPerson: Bool, label: AILabel?, unwanted: UnwantedReader?) {
    guard asksForReader else { return (false, nil, nil) }
    if let (agent, verification) = agent(of: visit) {
      return (false, labelsAIAgents ? .agent(agent, verification) : nil, nil)
    }
    if onlyAIAgents { return (true, nil, .notAIAgent) }
    guard labelsAIAnswers || onlyAI else { return (true, nil, nil) }
    guard let answer = visit.aiAnswer else { return (true, nil, onlyAI ? .notAI : nil) }
    return (true, labelsAIAnswers ? .answer(answer) : nil, nil)
  }

  /// The AI agent that makes the visit, and what its address and signature show about it.
  func agent(of visit: borrowing PageVisit) -> (agent: AIAgent, verification: AgentVerification?)? {
    guard let agent = visit.aiAgent(addedAgents) else { return nil }
    let byAddress = verifier.flatMap { visit.finding($0, agent) }
    return (agent, .joined(byAddress, visit.signature(of: agent, addedAgents)))
  }

  /// Whether the visit is a person's, as far as anybody knows: its user agent names no agent.
  func isOfPerson(_ visit: borrowing PageVisit) -> Bool { visit.aiAgent(addedAgents) == nil }

  private static func escaped(_ text: [UInt8]) throws(Failure) -> ByteBuffer {
    var buffer = ByteBuffer()
    guard text.withUnsafeBufferPointer({ JSONString.encode($0, into: &buffer) }) else { throw .outOfMemory }
    return buffer
  }
}
