// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Turns the lines of an access log into page visits.
final class LogVisit {
  /// What a line turned out to be.
  enum Reading {
    /// A page visit; `visit` holds its event.
    case visit
    case skipped(PageFilter.Reason)
    case unreadable(StaticString)
    /// A page visit of which no event could be made.
    case refused(Failure)
  }

  let visit: Visit
  private(set) var repaired = 0
  private let site: Site
  private let ignoresVirtualHosts: Bool
  private let filter: PageFilter
  private var format = CombinedFormat()
  private var identity: LineIdentity
  /// Nil when an event's id is its line's.
  private let requestIdentity: RequestIdentity?
  // Used again for each line.
  private var url = ByteBuffer()
  private var text = ByteBuffer()

  init(_ arguments: Arguments, _ site: Site) throws(UsageError) {
    self.site = site
    ignoresVirtualHosts = arguments.has(.ignoreVirtualHosts)
    filter = PageFilter(arguments)
    identity = LineIdentity(site: site.text)
    do throws(Failure) {
      requestIdentity = try RequestIdentity.make(arguments.options)
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    visit = try Visit()
  }

  func read(_ line: Bytes) -> Reading {
    var entry: LogEntry
    do throws(UnreadableLine) {
      entry = try format.read(line)
    } catch {
      return .unreadable(error.reason)
    }
    guard DateTime.check(entry.time) == nil else { return .unreadable("has a time that no calendar or clock shows") }
    guard let request = entry.request else { return .skipped(.noRequest) }
    if let reason = filter.reason(against: request, status: entry.status, userAgent: entry.userAgent) { return .skipped(reason) }
    if ignoresVirtualHosts { entry.host = nil }
    guard let target = Site.ownTarget(of: request, host: entry.host, site) else { return .skipped(.foreignHost) }
    do throws(Failure) {
      let event = visit.event
      event.pointee.clear()
      // First of all: an event counts among the equal lines even if it is refused later.
      try setIdentity(of: line)
      try event.pointee.set(.occurredAt, entry.time)
      try setPage(target, host: entry.host)
      try event.pointee.set(.requestMethod, request.method)
      try setVisitor(entry)
      try requestIdentity?.set(of: &event.pointee, requestID: entry.requestID, traceparent: nil)
      if let status = entry.status { try event.pointee.setProperty(Bytes("status"), Int64(status)) }
      if let bytes = entry.bytes { try event.pointee.setProperty(Bytes("bytes"), Int64(bytes)) }
      return .visit
    } catch {
      return .refused(error)
    }
  }

  private func setIdentity(of line: Bytes) throws(Failure) {
    text.truncate(to: 0)
    guard identity.append(line, to: &text) else { throw .outOfMemory }
    try visit.event.pointee.set(.eventId, text.bytes)
  }

  private func setPage(_ target: Bytes, host: Bytes?) throws(Failure) {
    url.truncate(to: 0)
    guard site.append(virtualHost: host, to: &url), url.append(target) else { throw .outOfMemory }
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
    // A server that looks names up logs them instead of addresses.
    if let client = entry.client, IPAddress(client) != nil { try visit.event.pointee.set(.requestClientIp, client) }
  }

  /// Sets a field to a visitor's own text, with U+FFFD for bytes that are not UTF-8.
  private func set(_ field: Field, _ value: Bytes) throws(Failure) {
    guard UTF8Text.check(value) != nil else { return try visit.event.pointee.set(field, value) }
    text.truncate(to: 0)
    guard UTF8Repair.append(value, to: &text) else { throw .outOfMemory }
    try visit.event.pointee.set(field, text.bytes)
  }
}
