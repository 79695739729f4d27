// SPDX-License-Identifier: Apache-2.0

/// The settings for completing an event: what a client adds to it, and removes from it, before it is queued.
final class CompletionSettings {
  let sampleRate: Double
  let clientAddress: ClientAddressPolicy
  let redaction: Redaction
  let maximumBytes: Int
  let onlyAIAgents: Bool
  let labelsAIAgents: Bool
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
    self.init(options, redaction, sdkName, sdkVersion, sdkRuntime)
  }

  private init(
    _ options: Options, _ redaction: Redaction, _ sdkName: consuming ByteBuffer, _ sdkVersion: consuming ByteBuffer,
    _ sdkRuntime: consuming ByteBuffer
  ) {
    sampleRate = options.number(.sampleRate)
    clientAddress = ClientAddressPolicy(rawValue: options.choice(.clientIP)) ?? .full
    maximumBytes = Int(options.integer(.maxEventBytes))
    onlyAIAgents = options.boolean(.onlyAIAgents)
    labelsAIAgents = options.boolean(.labelAIAgents)
    self.redaction = redaction
    self.sdkName = sdkName
    self.sdkVersion = sdkVersion
    self.sdkRuntime = sdkRuntime
  }

  /// Whether `only_ai_agents` lets the event pass.
  func admits(_ visit: borrowing PageVisit) -> Bool { !onlyAIAgents || visit.aiAgent != nil }

  private static func escaped(_ text: [UInt8]) throws(Failure) -> ByteBuffer {
    var buffer = ByteBuffer()
    guard text.withUnsafeBufferPointer({ JSONString.encode($0, into: &buffer) }) else { throw .outOfMemory }
    return buffer
  }
}
