// SPDX-License-Identifier: Apache-2.0

/// What a client adds to an event and takes out of it before it is queued.
final class CompletionSettings {
  let sampleRate: Double
  let clientAddress: ClientAddressPolicy
  let redaction: Redaction
  let maximumBytes: Int
  let onlyAIAgents: Bool
  let labelsAIAgents: Bool
  /// As JSON, between the quotes; events' values point into them.
  let sdkName: ByteBuffer
  let sdkVersion: ByteBuffer
  let sdkRuntime: ByteBuffer

  init(_ options: Options) throws(Failure) {
    sampleRate = options.number(.sampleRate)
    clientAddress = ClientAddressPolicy(rawValue: options.choice(.clientIP)) ?? .full
    redaction = try Redaction(options.text(.redactQuery))
    maximumBytes = Int(options.integer(.maxEventBytes))
    onlyAIAgents = options.boolean(.onlyAIAgents)
    labelsAIAgents = options.boolean(.labelAIAgents)
    sdkName = try CompletionSettings.escaped(options.text(.sdkName))
    let version = options.text(.sdkVersion)
    sdkVersion = try CompletionSettings.escaped(version.isEmpty ? [UInt8](Version.text.bytes) : version)
    sdkRuntime = try CompletionSettings.escaped(options.text(.sdkRuntime))
  }

  /// Whether `only_ai_agents` lets the event through.
  func admits(_ visit: borrowing PageVisit) -> Bool { !onlyAIAgents || visit.aiAgent != nil }

  private static func escaped(_ text: [UInt8]) throws(Failure) -> ByteBuffer {
    var buffer = ByteBuffer()
    guard text.withUnsafeBufferPointer({ JSONString.encode($0, into: &buffer) }) else { throw .outOfMemory }
    return buffer
  }
}
