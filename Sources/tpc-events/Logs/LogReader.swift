// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Reads the lines of access logs as requests, whatever their format, and decides which requests are page visits.
final class LogReader {
  /// What a line turned out to be.
  enum Reading {
    /// A request, and why it is not a page visit; nil if it is one. The entry is valid until the next line is read.
    case request(LogEntry, LogRequest, PageFilter.Reason?)
    /// No request, by the format itself.
    case header
    /// Nothing but a collector's prefix, NUL bytes or colours.
    case blank
    /// What the visitor sent is not an HTTP request.
    case noRequest
    case unreadable(StaticString)
  }

  /// How the lines are read: each file may be in a format of its own.
  var layout = LogLayout(CombinedFormat(FormatName.combined.name))
  /// The line that was read last, without that prefix.
  private(set) var line = Bytes("")
  /// What was read so far, and how sure it is.
  private(set) var doubts = LogDoubts()
  let rules: LoggedRequestRules
  private let filter: PageFilter

  /// Fails when the options are wrong, or a file that they name cannot be read.
  init(_ arguments: Arguments) throws(UsageError) {
    do throws(Failure) {
      rules = try LoggedRequestRules(arguments.options)
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
    filter = PageFilter(arguments, rules)
  }

  func read(_ whole: InputLine) -> Reading {
    do throws(UnreadableLine) {
      switch layout.unwrapper.unwrap(whole.text) {
      case .line(let text): line = text
      case .part: return .header
      case .tooLong: return .unreadable("is longer than any server writes, in parts that were joined")
      }
      if line.isEmpty { return .blank }
      guard let entry = try layout.format.read(line) else { return .header }
      // A server writes its lines in pieces.
      if whole.isUnterminated && (entry.notice == .cutAgent || entry.userAgent == nil && doubts.mostHaveAgents && !isWholeJSON) {
        return .unreadable("has no newline and lacks what the others have: it is cut, or still being written")
      }
      return read(entry)
    } catch {
      return .unreadable(error.reason)
    }
  }

  /// A part of a JSON object is none.
  private var isWholeJSON: Bool { line.first == UInt8(ascii: "{") && JSONSyntax.check(line) == nil }

  /// What the next request of the same line is; nil when it has no more.
  func next() -> Reading? {
    do throws(UnreadableLine) {
      guard let entry = try layout.format.next() else { return nil }
      return read(entry)
    } catch {
      return .unreadable(error.reason)
    }
  }

  private func read(_ entry: LogEntry) -> Reading {
    guard DateTime.check(entry.time) == nil else { return .unreadable("has a time that no calendar or clock shows") }
    guard let request = entry.request else {
      doubts.countWithoutRequest()
      return .noRequest
    }
    if let notice = entry.notice { doubts.count(notice) }
    let reason = filter.reason(against: request, status: entry.status, userAgent: entry.userAgent)
    if reason == nil { doubts.countPage(entry) }
    return .request(entry, request, reason)
  }

  /// The visitor's address. Where proxies reported addresses and nobody said which proxies are to be believed, a log without the peer's
  /// address has the visitor's first. Nil for a name that the server looked up.
  func client(_ entry: LogEntry) -> IPAddress? {
    let peer = entry.client.flatMap { LogAddress.address($0) }
    guard let list = entry.forwardedFor else { return peer }
    if rules.knowsProxies { return rules.client(peer: peer, forwardedFor: list) }
    if let peer { return peer }
    if list.contains(UInt8(ascii: ",")) { doubts.count(.firstOfList) }
    return LogAddress.address(LogAddress.first(of: list))
  }
}
