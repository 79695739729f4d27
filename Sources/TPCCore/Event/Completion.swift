// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// What a client adds to an event and takes out of it before it is queued.
final class CompletionSettings {
  let sampleRate: Double
  let clientAddress: ClientAddressPolicy
  let redaction: Redaction
  let maximumBytes: Int
  /// As JSON, between the quotes; events' values point into them.
  let sdkName: ByteBuffer
  let sdkVersion: ByteBuffer
  let sdkRuntime: ByteBuffer

  init(_ options: Options) throws(Failure) {
    sampleRate = options.number(.sampleRate)
    clientAddress = ClientAddressPolicy(rawValue: options.choice(.clientIP)) ?? .full
    redaction = Redaction(options.text(.redactQuery))
    maximumBytes = Int(options.integer(.maxEventBytes))
    sdkName = try CompletionSettings.escaped(options.text(.sdkName))
    let version = options.text(.sdkVersion)
    sdkVersion = try CompletionSettings.escaped(version.isEmpty ? [UInt8](Version.text.bytes) : version)
    sdkRuntime = try CompletionSettings.escaped(options.text(.sdkRuntime))
  }

  private static func escaped(_ text: [UInt8]) throws(Failure) -> ByteBuffer {
    var buffer = ByteBuffer()
    guard text.withUnsafeBufferPointer({ JSONString.encode($0, into: &buffer) }) else { throw .outOfMemory }
    return buffer
  }
}

/// Turns a checked event into its final bytes, once: a retry sends the same ones.
struct Completion: ~Copyable {
  private let settings: CompletionSettings
  /// What was filled in or rewritten; `values` point into it, so room for all of it is made before the first is written.
  private var filled = ByteBuffer()
  private(set) var values: EventValues

  /// The bytes of an event that is to be queued, from malloc, and the place of its id in them.
  struct Body {
    var base: UnsafeMutablePointer<UInt8>
    var count: Int
    var idOffset: Int
    var idLength: Int
  }

  /// Nil when `sample_rate` leaves the event out. `random` gives the bits of a new event id.
  static func body(
    of visit: borrowing PageVisit, _ settings: CompletionSettings, wall: Int64, random: (UInt64, UInt64)
  ) throws(Failure) -> Body? {
    try visit.validate()
    var completion = Completion(visit, settings)
    try completion.complete(visit, wall, random)
    guard settings.sampleRate >= 1 || completion.isSampled() else { return nil }
    return try completion.write(visit)
  }

  private init(_ visit: borrowing PageVisit, _ settings: CompletionSettings) {
    self.settings = settings
    values = EventValues(visit)
  }

  private static let idLength = 36
  private static let timeLength = 24

  private mutating func complete(_ visit: borrowing PageVisit, _ wall: Int64, _ random: (UInt64, UInt64)) throws(Failure) {
    guard filled.reserve(roomNeeded(visit)) else { throw .outOfMemory }
    let base = filled.base
    if case .absent = values[.eventId] {
      let start = filled.count
      guard UUIDv7.append(to: &filled, milliseconds: wall, random) else { throw .outOfMemory }
      values[.eventId] = .text(filled.bytes.part(start, filled.count))
    }
    if case .absent = values[.occurredAt] {
      let start = filled.count
      guard DateTime.format(millisecondsSinceEpoch: wall, into: &filled) else { throw .outOfMemory }
      values[.occurredAt] = .text(filled.bytes.part(start, filled.count))
    }
    try fillPage()
    try applyClientAddress()
    for field in [Field.pageHref, .pagePathname, .pageCanonicalUrl, .requestReferrer] { try redact(field) }
    if !visit.isPresent(.sdk) { fillSDK() }
    // Had the bound been wrong, the values would point into memory that was given back.
    guard filled.base == base else { throw .outOfMemory }
  }

  /// An upper bound of what `complete` writes, so that the buffer never moves under the values that point into it.
  private func roomNeeded(_ visit: borrowing PageVisit) -> Int {
    var room = Completion.idLength + Completion.timeLength + 64
    for field in [Field.pageHref, .pagePathname, .pageCanonicalUrl, .requestReferrer] {
      // A redacted text: each parameter's value may become longer, and escapes up to six times as long.
      if case .text(let text) = values[field], Redaction.mayHoldParameters(text) { room += text.count * 8 + 64 }
    }
    // The domain in lower case, the pathname as a view of href or its redacted form.
    if case .text(let href) = values[.pageHref] { room += href.count }
    return room
  }

  /// `page.domain` and `page.pathname` from `href`, as a browser's `URL.hostname` and `.pathname` say them.
  private mutating func fillPage() throws(Failure) {
    guard case .text(let href) = values[.pageHref] else { return }
    var needsDomain = false, needsPath = false
    if case .absent = values[.pageDomain] { needsDomain = true }
    if case .absent = values[.pagePathname] { needsPath = true }
    guard needsDomain || needsPath else { return }
    let parts = URI.Parts(href)
    if needsDomain, let host = parts.host, !host.isEmpty {
      let start = filled.count
      for byte in href.part(host.lowerBound, host.upperBound) {
        guard filled.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) else { throw .outOfMemory }
      }
      values[.pageDomain] = .text(filled.bytes.part(start, filled.count))
    }
    if needsPath {
      let path = href.part(parts.path.lowerBound, parts.path.upperBound)
      values[.pagePathname] = .text(path.isEmpty ? Bytes("/") : path)
    }
  }

  private mutating func applyClientAddress() throws(Failure) {
    guard settings.clientAddress != .full, case .text(let text) = values[.requestClientIp] else { return }
    guard settings.clientAddress == .truncate, let address = IPAddress(text) else {
      // Left out; so is what is no address and could not be cut.
      values[.requestClientIp] = .absent
      return
    }
    let start = filled.count
    guard address.truncated.format(into: &filled) else { throw .outOfMemory }
    values[.requestClientIp] = .text(filled.bytes.part(start, filled.count))
  }

  private mutating func redact(_ field: Field) throws(Failure) {
    guard case .text(let text) = values[field], Redaction.mayHoldParameters(text) else { return }
    let start = filled.count
    if !text.holds(UInt8(ascii: "\\")) {
      guard settings.redaction.apply(to: text, into: &filled) else { throw .outOfMemory }
    } else {
      var decoded = ByteBuffer()
      var redacted = ByteBuffer()
      guard JSONString.decode(text, into: &decoded), settings.redaction.apply(to: decoded.bytes, into: &redacted) else {
        throw .outOfMemory
      }
      // Unchanged text keeps its own escapes.
      if redacted.bytes.matches(decoded.bytes) { return }
      guard JSONString.encode(redacted.bytes, into: &filled) else { throw .outOfMemory }
    }
    values[field] = .text(filled.bytes.part(start, filled.count))
  }

  private mutating func fillSDK() {
    values[.sdkName] = .text(settings.sdkName.bytes)
    values[.sdkVersion] = .text(settings.sdkVersion.bytes)
    values[.sdkRuntime] = .text(settings.sdkRuntime.bytes)
  }

  /// The same visitor is always in or always out: the choice is by the session, else the visitor, else the event.
  private func isSampled() -> Bool {
    for field in [Field.sessionId, .anonymousId, .eventId] {
      if case .text(let text) = values[field] { return Double(Hash.of(text) >> 11) * 0x1p-53 < settings.sampleRate }
    }
    return true
  }

  private func write(_ visit: borrowing PageVisit) throws(Failure) -> Body {
    var counter = CountingSink()
    EventWriter.write(visit, values, into: &counter)
    guard counter.count <= settings.maximumBytes else { throw tooLarge(counter.count) }
    guard let memory = malloc(counter.count) else { throw .outOfMemory }
    let base = memory.assumingMemoryBound(to: UInt8.self)
    var writer = WritingSink(base, capacity: counter.count)
    EventWriter.write(visit, values, into: &writer)
    var body = Body(base: base, count: writer.count, idOffset: 0, idLength: 0)
    if case .text(let id) = values[.eventId] {
      body.idOffset = idOffset()
      body.idLength = id.count
    }
    return body
  }

  /// Where the id's text starts: what EventWriter puts before it is known.
  private func idOffset() -> Int {
    var before = CountingSink()
    before.put("{\"event\":\"page_visit\"")
    if case .text(let time) = values[.occurredAt] {
      before.put(",\"occurredAt\":\"\"")
      before.put(time)
    }
    before.put(",\"eventId\":\"")
    return before.count
  }

  private func tooLarge(_ count: Int) -> Failure {
    var message = Sentence()
    message.add("found an event of ")
    message.add(count)
    message.add(" bytes; expected at most ")
    message.add(settings.maximumBytes)
    message.add(" (max_event_bytes)")
    return Failure(.tooLarge, field: [], message: message.text)
  }
}

/// RFC 9562, 5.7: 48 bits of Unix time in milliseconds, then random bits.
enum UUIDv7 {
  static func append(to buffer: inout ByteBuffer, milliseconds: Int64, _ random: (UInt64, UInt64)) -> Bool {
    guard buffer.reserve(36), let base = buffer.base else { return false }
    let high = UInt64(bitPattern: milliseconds) << 16 | 0x7000 | random.0 & 0x0FFF
    let low = random.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    var position = buffer.count
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
        base[position] = UInt8(ascii: "-")
        position &+= 1
      }
      let word = nibble < 16 ? high : low
      let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 &- 4 &* (nibble & 15))) & 15
      base[position] = digit < 10 ? digit &+ 0x30 : digit &+ 0x57
      position &+= 1
    }
    buffer.commit(36)
    return true
  }
}
