// SPDX-License-Identifier: Apache-2.0

/// Turns a checked event into its final bytes. This happens once: a retry sends the same bytes.
struct Completion: ~Copyable {
  /// Unowned, since the calling client keeps it, and counting references costs more than reading it.
  private unowned(unsafe) let settings: CompletionSettings
  /// What was filled in or rewritten. `values` point into it, so room for all of it is made before the first is written.
  private var filled = ByteBuffer()
  private(set) var values: EventValues
  /// The fields that redaction may change, as a set of bits.
  private var redacted: UInt32 = 0
  /// Whether `anonymousId` is filled in with an id of the day.
  private var needsVisitor = false

  enum Decision {
    /// The final bytes of an event that is to be queued. The event keeps them until it is written again.
    case body(EventWorkspace)
    /// `sample_rate` leaves the event out.
    case sampledOut
    /// `only_ai_agents` or `only_ai` leaves the event out.
    case leftOut(UnwantedReader)
  }

  /// Completes an event, or decides that it is not sent. `random` returns the bits of a new event id, if one is needed. Fails with
  /// `invalidEvent`, `tooLarge` or `noMemory`.
  @_optimize(speed)
  static func complete(
    _ visit: borrowing PageVisit, _ settings: CompletionSettings, random: () -> (UInt64, UInt64)
  ) throws(Failure) -> Decision {
    try visit.validate()
    var completion = Completion(visit, settings)
    if let reader = completion.applyReader(visit) { return .leftOut(reader) }
    try completion.complete(visit, random)
    guard settings.sampleRate >= 1 || completion.isSampled(visit) else { return .sampledOut }
    return .body(try completion.write(visit))
  }

  @_optimize(speed)
  private init(_ visit: borrowing PageVisit, _ settings: CompletionSettings) {
    self.settings = settings
    values = EventValues(visit)
    for field in [Field.pageHref, .pagePathname, .pageCanonicalUrl, .requestReferrer] {
      if let text = values.text(field, visit), settings.redaction.concerns(text) { redacted |= field.bit }
    }
  }

  /// Labels the event with who reads the page. Returns why the event is not wanted, if it is not.
  @inline(__always)
  private mutating func applyReader(_ visit: borrowing PageVisit) -> UnwantedReader? {
    guard settings.asksForReader else { return nil }
    let reader = settings.reader(of: visit)
    values.label = reader.label
    needsVisitor = reader.isPerson && settings.visitors != nil && values.isAbsent(.anonymousId)
    return reader.unwanted
  }

  private static let timeLength = 24

  @_optimize(speed)
  private mutating func complete(_ visit: borrowing PageVisit, _ random: () -> (UInt64, UInt64)) throws(Failure) {
    let room = roomNeeded(visit)
    if room > 0 {
      guard filled.reserve(room) else { throw .outOfMemory }
      let base = filled.base
      try fillIdentity(random)
      while let field = Field(rawValue: redacted.trailingZeroBitCount) {
        try redact(field, visit)
        redacted &= redacted &- 1
      }
      // From the redacted URL: its path may have had secrets, too.
      try fillPage(visit)
      if needsVisitor { try fillVisitor(visit) }
      try applyClientAddress(visit)
      // Had the bound been wrong, the values would point into freed memory.
      guard filled.base == base else { throw .outOfMemory }
    }
    if !visit.isPresent(.sdk) { fillSDK() }
  }

  @_optimize(speed)
  private mutating func fillIdentity(_ random: () -> (UInt64, UInt64)) throws(Failure) {
    guard values.isAbsent(.eventId) || values.isAbsent(.occurredAt) else { return }
    let wall = Clock.wall()
    if values.isAbsent(.eventId) {
      let start = filled.count
      guard UUIDv7.append(to: &filled, milliseconds: wall, random()) else { throw .outOfMemory }
      values.set(.eventId, filled.bytes.part(start, filled.count))
    }
    if values.isAbsent(.occurredAt) {
      let start = filled.count
      guard DateTime.format(millisecondsSinceEpoch: wall, into: &filled) else { throw .outOfMemory }
      values.set(.occurredAt, filled.bytes.part(start, filled.count))
    }
  }

  /// An upper bound of what `complete` writes, so that the buffer never moves while values point into it; 0 when there is nothing
  /// to fill in or rewrite.
  private func roomNeeded(_ visit: borrowing PageVisit) -> Int {
    var room = 0
    if values.isAbsent(.eventId) { room &+= UUIDText.length }
    if needsVisitor { room &+= UUIDText.length }
    if values.isAbsent(.occurredAt) { room &+= Completion.timeLength }
    if values.isAbsent(.pageDomain) || values.isAbsent(.pagePathname) {
      room &+= (values.text(.pageHref, visit)?.count ?? 0) &+ 1
    }
    if settings.clientAddress != .full, values.text(.requestClientIp, visit) != nil { room &+= 64 }
    // Redaction may make each parameter's value longer.
    var left = redacted
    while left != 0 {
      room &+= values.text(of: left.trailingZeroBitCount, visit).count &* 8 &+ 64
      left &= left &- 1
    }
    return room
  }

  /// Fills in `page.domain` and `page.pathname` from `href`, as a browser's `URL.hostname` and `.pathname` give them.
  @_optimize(speed)
  private mutating func fillPage(_ visit: borrowing PageVisit) throws(Failure) {
    guard let href = values.text(.pageHref, visit) else { return }
    let (needsDomain, needsPath) = (values.isAbsent(.pageDomain), values.isAbsent(.pagePathname))
    guard needsDomain || needsPath else { return }
    let parts = URI.Parts(href)
    if needsDomain, let host = parts.host, !host.isEmpty {
      let start = filled.count
      guard filled.put(lowercased: href.part(host)) else { throw .outOfMemory }
      values.set(.pageDomain, filled.bytes.tail(start))
    }
    if needsPath {
      let path = href.part(parts.path.lowerBound, parts.path.upperBound)
      values.set(.pagePathname, path.isEmpty ? Bytes("/") : path)
    }
  }

  /// Fills in `anonymousId`: the same id for a visitor's visits to a site on one day (UTC). From the address as it is before
  /// `client_ip` cuts it. Without an address or a user agent, many visitors would share an id, so there is none.
  @inline(never)
  private mutating func fillVisitor(_ visit: borrowing PageVisit) throws(Failure) {
    guard let time = values.find(.occurredAt, visit), let moment = DateTime.milliseconds(time) else { return }
    var memory = ByteBuffer()
    let agent = visit.plain(.requestUserAgent, &memory)
    guard !agent.isEmpty else { return }
    let start = filled.count
    try settings.visitors?.append(
      day: GregorianCalendar.day(of: moment), domain: values.find(.pageDomain, visit),
      address: values.find(.requestClientIp, visit), agent, to: &filled)
    if filled.count > start { values.set(.anonymousId, filled.bytes.part(start, filled.count)) }
  }

  private mutating func applyClientAddress(_ visit: borrowing PageVisit) throws(Failure) {
    guard settings.clientAddress != .full, let text = values.find(.requestClientIp, visit) else { return }
    guard settings.clientAddress == .truncate, let address = IPAddress(text) else {
      // Left out; so is text that is not an address, which could not be truncated.
      values.remove(.requestClientIp)
      return
    }
    let start = filled.count
    guard address.truncated.format(into: &filled) else { throw .outOfMemory }
    values.set(.requestClientIp, filled.bytes.part(start, filled.count))
  }

  private mutating func redact(_ field: Field, _ visit: borrowing PageVisit) throws(Failure) {
    guard let text = values.find(field, visit) else { return }
    let start = filled.count
    if !text.holds(UInt8(ascii: "\\")) {
      guard settings.redaction.apply(to: text, into: &filled) else { throw .outOfMemory }
    } else {
      var decoded = ByteBuffer()
      var redacted = ByteBuffer()
      guard JSONString.decode(text, into: &decoded), settings.redaction.apply(to: decoded.bytes, into: &redacted) else {
        throw .outOfMemory
      }
      // Unchanged text keeps its escapes.
      if redacted.bytes.matches(decoded.bytes) { return }
      guard JSONString.encode(redacted.bytes, into: &filled) else { throw .outOfMemory }
    }
    values.set(field, filled.bytes.part(start, filled.count))
  }

  private mutating func fillSDK() {
    values.set(.sdkName, settings.sdkName.bytes)
    values.set(.sdkVersion, settings.sdkVersion.bytes)
    values.set(.sdkRuntime, settings.sdkRuntime.bytes)
  }

  /// Whether the event is in the sample. The choice depends on the session, else the visitor, else the event, so that a visitor is
  /// always in or always out.
  private func isSampled(_ visit: borrowing PageVisit) -> Bool {
    for field in [Field.sessionId, .anonymousId, .eventId] {
      // An empty id identifies nobody.
      if let text = values.text(field, visit), !text.isEmpty { return Double(hash(text) >> 11) * 0x1p-53 < settings.sampleRate }
    }
    return true
  }

  /// The hash of a text without its escapes.
  private func hash(_ text: Bytes) -> UInt64 {
    var decoded = ByteBuffer()
    guard text.holds(UInt8(ascii: "\\")), JSONString.decode(text, into: &decoded) else { return Hash.of(text) }
    return Hash.of(decoded.bytes)
  }

  @_optimize(speed)
  private func write(_ visit: borrowing PageVisit) throws(Failure) -> EventWorkspace {
    guard let body = EventWriter.write(visit, values) else { throw .outOfMemory }
    guard body.bytes.count <= settings.maximumBytes else { throw tooLarge(body.bytes.count) }
    return body
  }

  private func tooLarge(_ count: Int) -> Failure {
    var message = MessageBuilder()
    message.add("found an event of ")
    message.add(count)
    message.add(" bytes; expected at most ")
    message.add(settings.maximumBytes)
    message.add(" (max_event_bytes)")
    return Failure(.tooLarge, field: [], message: message.text)
  }
}
