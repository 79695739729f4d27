// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Makes page visits of a log's lines.
final class LogVisit {
  enum Outcome {
    /// `visit` holds the event.
    case visit
    case skipped(PageFilter.Reason)
    case unreadable(StaticString)
    case refused(Failure)
  }

  let visit: Visit
  private(set) var repaired = 0
  private let site: Site
  private let ignoresVirtualHosts: Bool
  private let filter: PageFilter
  private var identity: LineIdentity
  // Used again for each line.
  private var request = ByteBuffer()
  private var url = ByteBuffer()
  private var text = ByteBuffer()
  private var decoded = ByteBuffer()

  init(_ arguments: Arguments, _ site: Site) throws(UsageError) {
    self.site = site
    ignoresVirtualHosts = arguments.has(.ignoreVirtualHosts)
    filter = PageFilter(arguments)
    identity = LineIdentity(site: site.text)
    visit = try Visit()
  }

  func read(_ text: Bytes) -> Outcome {
    let line: LogLine
    do throws(UnreadableLine) {
      line = try LogLine(text)
    } catch {
      return .unreadable(error.reason)
    }
    guard DateTime.check(time(line)) == nil else { return .unreadable("has a time that no calendar or clock shows") }
    request.truncate(to: 0)
    guard LogText.append(line.request, to: &request) else { return .refused(.outOfMemory) }
    guard let request = LogRequest(request.bytes) else { return .skipped(.noRequest) }
    if let reason = filter.reason(against: request, line.status) { return .skipped(reason) }
    guard let target = ownTarget(request, line) else { return .skipped(.foreignHost) }
    do throws(Failure) {
      try fill(line, request, target, text)
      return .visit
    } catch {
      return .refused(error)
    }
  }

  private func time(_ line: LogLine) -> Bytes {
    text.truncate(to: 0)
    _ = LogTime.append(line.time, to: &text)
    return text.bytes
  }

  private func virtualHost(_ line: LogLine) -> Bytes? { ignoresVirtualHosts ? nil : line.virtualHost }

  /// The path with its query. A request for a whole URL (a proxy's form) counts when the host is this one's: others are
  /// strangers who try whether the server is an open proxy.
  private func ownTarget(_ request: LogRequest, _ line: LogLine) -> Bytes? {
    if request.target[0] == UInt8(ascii: "/") { return request.target }
    let parts = URI.Parts(request.target)
    guard let host = parts.host, !parts.scheme.isEmpty else { return nil }
    guard site.isHost(request.target.part(host), virtualHost(line)) else { return nil }
    let target = request.target.part(parts.path.lowerBound, request.target.count)
    return target.isEmpty || target[0] != UInt8(ascii: "/") ? nil : target
  }

  private func fill(_ line: LogLine, _ request: LogRequest, _ target: Bytes, _ whole: Bytes) throws(Failure) {
    let event = visit.event
    event.pointee.clear()
    // The line's number among equal ones counts every event, whatever becomes of it.
    text.truncate(to: 0)
    guard identity.append(whole, to: &text) else { throw .outOfMemory }
    try event.pointee.set(.eventId, text.bytes)
    try event.pointee.set(.occurredAt, time(line))
    try setPage(line, target)
    try event.pointee.set(.requestMethod, request.method)
    if let referrer = line.referrer { try set(.requestReferrer, referrer) }
    if let userAgent = line.userAgent { try set(.requestUserAgent, userAgent) }
    // A server that looks names up logs them instead of addresses.
    if IPAddress(line.client) != nil { try event.pointee.set(.requestClientIp, line.client) }
    if let status = line.status { try event.pointee.setProperty(Bytes("status"), Int64(status)) }
    if let bytes = line.bytes { try event.pointee.setProperty(Bytes("bytes"), Int64(bytes)) }
  }

  private func setPage(_ line: LogLine, _ target: Bytes) throws(Failure) {
    url.truncate(to: 0)
    guard site.append(virtualHost(line), to: &url), url.append(target) else { throw .outOfMemory }
    text.truncate(to: 0)
    switch URIRepair.encode(url.bytes, into: &text) {
    case .encoded: break
    case .refused(let flaw): throw Failure(.invalidEvent, field: [UInt8](Field.pageHref.pointer), flaw: flaw)
    case .outOfMemory: throw .outOfMemory
    }
    if !text.bytes.matches(url.bytes) { repaired += 1 }
    try visit.event.pointee.set(.pageHref, text.bytes)
  }

  /// A visitor's text, with the log's escapes resolved and what is no UTF-8 replaced.
  private func set(_ field: Field, _ escaped: Bytes) throws(Failure) {
    decoded.truncate(to: 0)
    text.truncate(to: 0)
    guard LogText.append(escaped, to: &decoded), LogText.appendValid(decoded.bytes, to: &text) else { throw .outOfMemory }
    try visit.event.pointee.set(field, text.bytes)
  }
}
