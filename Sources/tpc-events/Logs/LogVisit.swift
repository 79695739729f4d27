// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Turns the lines of an access log into page visits.
final class LogVisit {
  /// What a line turned out to be.
  enum Reading {
    /// A page visit; `visit` holds its event.
    case visit
    /// No request, by the format itself.
    case header
    /// Nothing but a collector's prefix, NUL bytes or colours.
    case blank
    case skipped(PageFilter.Reason)
    case unreadable(StaticString)
    /// A page visit of which no event could be made.
    case refused(Failure)
  }

  let visit: Visit
  private(set) var repaired = 0
  /// What reads the lines.
  let reader: LogReader
  /// Nil where the log names the hosts of its pages.
  private let site: Site?
  private let ignoresVirtualHosts: Bool
  private var identity: LineIdentity
  /// Nil when an event's id is its line's.
  private let requestIdentity: RequestIdentity?
  /// For logs whose request ids are surely such.
  private let ownRequestIdentity: RequestIdentity?
  /// What identifies the line, unless its text does, and which of its requests an entry is, from 0.
  private var given: Bytes?
  private var request = 0
  // Used again for each line.
  private var url = ByteBuffer()
  private var text = ByteBuffer()

  init(_ arguments: Arguments, _ site: Site?) throws(UsageError) {
    self.site = site
    ignoresVirtualHosts = arguments.has(.ignoreVirtualHosts)
    identity = LineIdentity(site: site?.text ?? [])
    reader = try LogReader(arguments)
    do throws(Failure) {
      requestIdentity = try RequestIdentity.make(arguments.options)
      var options = arguments.options
      try options.set(.eventID, Bytes("request"))
      ownRequestIdentity = try RequestIdentity.make(options)
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    visit = try Visit()
  }

  func read(_ line: InputLine) -> Reading {
    (given, request) = (line.identity, 0)
    return reading(reader.read(line))
  }

  /// What the next request of the same line is; nil when it has no more.
  func next(of line: InputLine) -> Reading? {
    guard let found = reader.next() else { return nil }
    request += 1
    return reading(found)
  }

  private func reading(_ found: LogReader.Reading) -> Reading {
    switch found {
    case .header: .header
    case .blank: .blank
    case .noRequest: .skipped(.noRequest)
    case .unreadable(let reason): .unreadable(reason)
    case .request(_, _, .some(let reason)): .skipped(reason)
    case .request(let entry, let request, nil): read(entry, request, of: reader.line)
    }
  }

  private func read(_ found: LogEntry, _ request: LogRequest, of line: Bytes) -> Reading {
    var entry = found
    if ignoresVirtualHosts { entry.host = nil }
    if site == nil && Site.named(entry.host) == nil { return .skipped(.noHost) }
    guard let target = Site.ownTarget(of: request, host: entry.host, site) else { return .skipped(.foreignHost) }
    do throws(Failure) {
      let event = visit.event
      event.pointee.clear()
      // First of all: an event counts among the equal lines even if it is refused later.
      try setIdentity(of: line)
      try event.pointee.set(.occurredAt, entry.time)
      try setPage(target, host: entry.host, scheme: entry.scheme)
      try event.pointee.set(.requestMethod, request.method)
      try setVisitor(entry)
      let identity = requestIdentity ?? (reader.layout.identifiesRequests ? ownRequestIdentity : nil)
      try identity?.set(of: &event.pointee, requestID: entry.requestID, traceparent: nil)
      if let status = entry.status { try event.pointee.setProperty(Bytes("status"), Int64(status)) }
      if let bytes = entry.bytes { try event.pointee.setProperty(Bytes("bytes"), Int64(bytes)) }
      return .visit
    } catch {
      return .refused(error)
    }
  }

  private func setIdentity(of line: Bytes) throws(Failure) {
    text.truncate(to: 0)
    guard let given else {
      guard identity.append(line, to: &text) else { throw .outOfMemory }
      return try visit.event.pointee.set(.eventId, text.bytes)
    }
    // Each request of a line is an event of its own.
    url.truncate(to: 0)
    guard url.append(given), request == 0 || url.append(" ") && url.append(decimal: request) else { throw .outOfMemory }
    guard identity.append(line, identity: url.bytes, to: &text) else { throw .outOfMemory }
    try visit.event.pointee.set(.eventId, text.bytes)
  }

  private func setPage(_ target: Bytes, host: Bytes?, scheme: Bytes?) throws(Failure) {
    url.truncate(to: 0)
    guard Site.append(virtualHost: host, scheme: scheme, site, to: &url), url.append(target) else { throw .outOfMemory }
    text.truncate(to: 0)
    switch URIRepair.encode(url.bytes, into: &text) {
    case .encoded: break
    case .refused(let flaw): throw Failure(.invalidEvent, field: [UInt8](Field.pageHref.pointer), flaw: flaw)
    case .outOfMemory: throw .outOfMemory
    }
    if !text.bytes.matches(url.bytes) { repaired += 1 }
    try visit.event.pointee.set(.pageHref, text.bytes)
  }

  private func setVisitor(_ entry: LogEntry) throws(Failure) {
    if let referrer = entry.referrer { try set(.requestReferrer, referrer) }
    if let userAgent = entry.userAgent { try set(.requestUserAgent, userAgent) }
    text.truncate(to: 0)
    // A server that looks names up logs them instead of addresses.
    guard let address = reader.client(entry) else { return }
    guard address.format(into: &text) else { throw .outOfMemory }
    try visit.event.pointee.set(.requestClientIp, text.bytes)
  }

  /// Sets a field to a visitor's own text, with U+FFFD for bytes that are not UTF-8.
  private func set(_ field: Field, _ value: Bytes) throws(Failure) {
    guard UTF8Text.check(value) != nil else { return try visit.event.pointee.set(field, value) }
    text.truncate(to: 0)
    guard UTF8Repair.append(value, to: &text) else { throw .outOfMemory }
    try visit.event.pointee.set(field, text.bytes)
  }
}
