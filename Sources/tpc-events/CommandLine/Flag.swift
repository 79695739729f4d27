// SPDX-License-Identifier: Apache-2.0

import TPCCore

enum Command {
  case send, check, replay

  var name: StaticString {
    switch self {
    case .send: "send"
    case .check: "check"
    case .replay: "replay"
    }
  }
}

/// The flags besides those of the option table.
enum Flag: Int32, CaseIterable {
  case href, title, userAgent, referrer, canonicalURL, sessionID, anonymousID, method, eventID, occurredAt, property
  case site, ignoreVirtualHosts, allMethods, includeAssets, includeRedirects, includeErrors
  case base64
  case dryRun, rejected, timeout
  case help, version

  /// Without the dashes in front.
  var name: StaticString {
    switch self {
    case .href: "href"
    case .title: "title"
    case .userAgent: "user-agent"
    case .referrer: "referrer"
    case .canonicalURL: "canonical-url"
    case .sessionID: "session-id"
    case .anonymousID: "anonymous-id"
    case .method: "method"
    case .eventID: "event-id"
    case .occurredAt: "occurred-at"
    case .property: "property"
    case .site: "site"
    case .ignoreVirtualHosts: "ignore-vhosts"
    case .allMethods: "all-methods"
    case .includeAssets: "include-assets"
    case .includeRedirects: "include-redirects"
    case .includeErrors: "include-errors"
    case .base64: "base64"
    case .dryRun: "dry-run"
    case .rejected: "rejected"
    case .timeout: "timeout"
    case .help: "help"
    case .version: "version"
    }
  }

  /// What its value is called in the help; empty for a flag without one.
  var value: StaticString {
    switch self {
    case .href, .canonicalURL, .referrer, .site: "URL"
    case .title, .userAgent, .method: "TEXT"
    case .sessionID, .anonymousID, .eventID: "ID"
    case .occurredAt: "TIME"
    case .property: "KEY=VALUE"
    case .rejected: "FILE"
    case .timeout: "SECONDS"
    default: ""
    }
  }

  var meaning: StaticString {
    switch self {
    case .href: "send one event, for this page, and print its report"
    case .title: "the page's title"
    case .userAgent: "the visitor's user agent"
    case .referrer: "where the visitor came from"
    case .canonicalURL: "the page's canonical URL"
    case .sessionID: "the visit's session"
    case .anonymousID: "the visitor"
    case .method: "the request's method"
    case .eventID: "the event's id, by which the server knows a repetition (a new one)"
    case .occurredAt: "when, such as 2026-01-31T12:00:00Z (now)"
    case .property: "a property; VALUE is a number, true, false or null as JSON writes them, else a text; repeatable"
    case .site: "the log's site, as https://example.com; a log has only paths"
    case .ignoreVirtualHosts: "take --site's host even where a line names its virtual host"
    case .allMethods: "requests of every method, not only GET and HEAD"
    case .includeAssets: "scripts, styles, images, fonts, media and archives, too"
    case .includeRedirects: "answers of 3xx, too (304 always counts as a page)"
    case .includeErrors: "answers of 4xx and 5xx, too"
    case .base64: "each line is the base64 of an event, so that any bytes can be checked"
    case .dryRun: "print the events as they would be sent, a line each, and send nothing"
    case .rejected: "write what was not delivered: line number, JSON pointer or code, reason and line, with tabs between"
    case .timeout: "how long to wait for answers (one event: 15; else until each is delivered or has expired)"
    case .help: "show this help"
    case .version: "show the version"
    }
  }

  func belongs(to command: Command) -> Bool {
    switch self {
    case .href, .title, .userAgent, .referrer, .canonicalURL, .sessionID, .anonymousID, .method, .eventID, .occurredAt,
      .property:
      command == .send
    case .site, .ignoreVirtualHosts, .allMethods, .includeAssets, .includeRedirects, .includeErrors: command == .replay
    case .base64: command == .check
    case .dryRun, .rejected, .timeout: command != .check
    case .help, .version: true
    }
  }

  /// The event's field that the flag sets.
  var field: Field? {
    switch self {
    case .href: .pageHref
    case .title: .pageTitle
    case .userAgent: .requestUserAgent
    case .referrer: .requestReferrer
    case .canonicalURL: .pageCanonicalUrl
    case .sessionID: .sessionId
    case .anonymousID: .anonymousId
    case .method: .requestMethod
    case .eventID: .eventId
    case .occurredAt: .occurredAt
    default: nil
    }
  }
}

extension OptionRow {
  /// The option's name as a flag: dashes for underscores.
  var flagName: [UInt8] { name.bytes.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 } }
}
