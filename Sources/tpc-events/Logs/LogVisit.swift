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
  /// What was read so far, and how sure it is.
  private(set) var doubts = LogDoubts()
  /// Nil where the log names the hosts of its pages.
  private let site: Site?
  private let ignoresVirtualHosts: Bool
  private let rules: LoggedRequestRules
  private let filter: PageFilter
  /// How the lines are read: each file may be in a format of its own.
  var layout = LogLayout(CombinedFormat(FormatName.combined.name))
  /// The line that was read last, without that prefix.
  private var unwrapped = Bytes("")
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
    do throws(Failure) {
      rules = try LoggedRequestRules(arguments.options)
      requestIdentity = try RequestIdentity.make(arguments.options)
      var options = arguments.options
      try options.set(.eventID, Bytes("request"))
      ownRequestIdentity = try RequestIdentity.make(options)
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    filter = PageFilter(arguments, rules)
    visit = try Visit()
  }

  func read(_ line: InputLine) -> Reading {
    (given, request) = (line.identity, 0)
    do throws(UnreadableLine) {
      switch layout.unwrapper.unwrap(line.text) {
      case .line(let text): unwrapped = text
      case .part: return .header
      case .tooLong: return .unreadable("is longer than any server writes, in parts that were joined")
      }
      if unwrapped.isEmpty { return .blank }
      guard let entry = try layout.format.read(unwrapped) else { return .header }
      // A server writes its lines in pieces.
      if line.isUnterminated && (entry.notice == .cutAgent || entry.userAgent == nil && doubts.mostHaveAgents) {
        return .unreadable("has no newline and lacks what the others have: it is cut, or still being written")
      }
      return read(entry, of: unwrapped)
    } catch {
      return .unreadable(error.reason)
    }
  }

  /// What the next request of the same line is; nil when it has no more.
  func next(of line: InputLine) -> Reading? {
    do throws(UnreadableLine) {
      guard let entry = try layout.format.next() else { return nil }
      request += 1
      return read(entry, of: unwrapped)
    } catch {
      return .unreadable(error.reason)
    }
  }

  private func read(_ found: LogEntry, of line: Bytes) -> Reading {
    var entry = found
    guard DateTime.check(entry.time) == nil else { return .unreadable("has a time that no calendar or clock shows") }
    guard let request = entry.request else {
      doubts.countWithoutRequest()
      return .skipped(.noRequest)
    }
    if let notice = entry.notice { doubts.count(notice) }
    if let reason = filter.reason(against: request, status: entry.status, userAgent: entry.userAgent) { return .skipped(reason) }
    doubts.countPage(entry)
    if ignoresVirtualHosts { entry.host = nil }
    if site == nil && Site.named(entry.host) == nil { return .skipped(.noHost) }
    guard let target = ownTarget(of: request, host: entry.host) else { return .skipped(.foreignHost) }
    do throws(Failure) {
      let event = visit.event
      event.pointee.clear()
      // First of all: an event counts among the equal lines even if it is refused later.
      try setIdentity(of: line)
      try event.pointee.set(.occurredAt, entry.time)
      try setPage(target, host: entry.host, scheme: entry.scheme)
      try event.pointee.set(.requestMethod, request.method)
      try setVisitor(entry)
      let identity = requestIdentity ?? (layout.identifiesRequests ? ownRequestIdentity : nil)
      try identity?.set(of: &event.pointee, requestID: entry.requestID, traceparent: nil)
      if let status = entry.status { try event.pointee.setProperty(Bytes("status"), Int64(status)) }
      if let bytes = entry.bytes { try event.pointee.setProperty(Bytes("bytes"), Int64(bytes)) }
      return .visit
    } catch {
      return .refused(error)
    }
  }

  /// The path with its query. A request for a whole URL (a proxy's form) counts when the host is this one's: others are
  /// strangers who try whether the server is an open proxy.
  private func ownTarget(of request: LogRequest, host virtualHost: Bytes?) -> Bytes? {
    if request.target[0] == UInt8(ascii: "/") { return request.target }
    let parts = URI.Parts(request.target)
    guard let host = parts.host, !parts.scheme.isEmpty else { return nil }
    guard Site.isHost(request.target.part(host), ofVirtualHost: virtualHost, site) else { return nil }
    let target = request.target.part(parts.path.lowerBound, request.target.count)
    if target.isEmpty { return Bytes("/") }
    return target[0] == UInt8(ascii: "/") ? target : nil
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
    guard let address = client(entry) else { return }
    guard address.format(into: &text) else { throw .outOfMemory }
    try visit.event.pointee.set(.requestClientIp, text.bytes)
  }

  /// Where proxies reported addresses and nobody said which proxies are to be believed, a log without the peer's address has the visitor's
  /// first.
  private func client(_ entry: LogEntry) -> IPAddress? {
    let peer = entry.client.flatMap { LogAddress.address($0) }
    guard let list = entry.forwardedFor else { return peer }
    if rules.knowsProxies { return rules.client(peer: peer, forwardedFor: list) }
    if let peer { return peer }
    if list.contains(UInt8(ascii: ",")) { doubts.count(.firstOfList) }
    return LogAddress.address(LogAddress.first(of: list))
  }

  /// Sets a field to a visitor's own text, with U+FFFD for bytes that are not UTF-8.
  private func set(_ field: Field, _ value: Bytes) throws(Failure) {
    guard UTF8Text.check(value) != nil else { return try visit.event.pointee.set(field, value) }
    text.truncate(to: 0)
    guard UTF8Repair.append(value, to: &text) else { throw .outOfMemory }
    try visit.event.pointee.set(field, text.bytes)
  }
}
