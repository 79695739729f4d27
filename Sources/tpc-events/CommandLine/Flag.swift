// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// The flags of the commands that are not options of the library.
enum Flag: Int32, CaseIterable {
  case href, title, userAgent, referrer, canonicalURL, sessionID, anonymousID, method, eventID, occurredAt, property
  case site, format, fields, unreadable, maxUnreadable, ignoreVirtualHosts, allMethods, includeAssets, includeRedirects, includeErrors
  case requests
  case html
  case base64
  case cron
  case events, follow, state, older, all
  case spool
  case confirm, lineIDs
  case dryRun, rejected, timeout
  case help, version

  /// The name without its dashes.
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
    case .format: "format"
    case .fields: "fields"
    case .unreadable: "unreadable"
    case .maxUnreadable: "max-unreadable"
    case .ignoreVirtualHosts: "ignore-vhosts"
    case .allMethods: "all-methods"
    case .includeAssets: "include-assets"
    case .includeRedirects: "include-redirects"
    case .includeErrors: "include-errors"
    case .requests: "requests"
    case .html: "html"
    case .base64: "base64"
    case .cron: "cron"
    case .events: "events"
    case .follow: "follow"
    case .state: "state"
    case .older: "older"
    case .all: "all"
    case .spool: "spool"
    case .confirm: "confirm"
    case .lineIDs: "line-ids"
    case .dryRun: "dry-run"
    case .rejected: "rejected"
    case .timeout: "timeout"
    case .help: "help"
    case .version: "version"
    }
  }

  /// What the help calls the flag's value; empty for a flag that takes none.
  var value: StaticString {
    switch self {
    case .href, .canonicalURL, .referrer, .site: "URL"
    case .title, .userAgent, .method: "TEXT"
    case .sessionID, .anonymousID, .eventID: "ID"
    case .occurredAt: "TIME"
    case .property: "KEY=VALUE"
    case .rejected, .unreadable, .state, .html: "FILE"
    case .format: "FORMAT"
    case .fields: "LIST"
    case .maxUnreadable: "N|N%"
    case .timeout: "SECONDS"
    case .older: "AGE"
    case .spool: "DIR"
    case .events, .follow, .all, .requests, .confirm, .lineIDs: ""
    case .ignoreVirtualHosts, .allMethods, .includeAssets, .includeRedirects, .includeErrors, .base64, .cron, .dryRun, .help, .version: ""
    }
  }

  var meaning: StaticString {
    switch self {
    case .href: "send one event, for this page, and print its report"
    case .title: "the page's title"
    case .userAgent: "the visitor's user agent"
    case .referrer: "where the visitor came from"
    case .canonicalURL: "the page's canonical URL"
    case .sessionID: "the id of the visitor's session"
    case .anonymousID: "the visitor's anonymous id"
    case .method: "the request's method"
    case .eventID: "the event's id, by which the server recognizes a repeated event (default: a new one)"
    case .occurredAt: "the time of the visit, such as 2026-01-31T12:00:00Z (default: now)"
    case .property: "a property; VALUE is a number, true, false or null, written as in JSON, or else a text; repeatable"
    case .site: "the site that the log is of, such as https://example.com; most logs themselves have only paths"
    case .format:
      "how the log is written: a name (docs/log-formats.md), a log_format of nginx, a LogFormat of Apache, or a JSON map of fields (default: auto)"
    case .fields:
      "the names of the log's fields in their order, for a log that does not name them: cloudfront-realtime, w3c, and the headers that haproxy captures"
    case .unreadable: "write the lines that cannot be read to FILE: line number, reason and line, separated by tabs"
    case .maxUnreadable: "how many lines may be unreadable before the exit code is 1: a number, or a part of all lines (default: 1%)"
    case .ignoreVirtualHosts: "use the host of --site even where a line names a virtual host"
    case .allMethods: "include requests of every method, not only GET and HEAD"
    case .includeAssets: "include scripts, styles, images, fonts, media, archives, robots.txt, sitemaps, feeds and health checks"
    case .includeRedirects: "include requests answered with 3xx (304 always counts as a page)"
    case .includeErrors: "include requests answered with 4xx or 5xx"
    case .requests: "each line is a web request as JSON, as tpc_client_track_request takes it; those that are page visits are sent"
    case .html: "write the report to FILE as one page for a browser; - is standard output"
    case .base64: "each line is an event in base64, so that any bytes can be checked"
    case .cron: "print lines for crontab(1) that fetch the operators' lists into the folder of --ai-ranges-dir every day"
    case .events: "list: print the pending events themselves, one per line, and nothing else"
    case .follow: "drain: stay, and send what comes, until SIGTERM or Ctrl-C"
    case .state: "with --follow: keep in FILE how far each log was delivered, so that the next run goes on from there"
    case .older: "purge: delete the events that are older than AGE, such as 90s, 5m, 12h or 7d"
    case .all: "drain: send the events of every account with this credential; purge: delete all events, and files set aside"
    case .spool: "write the events into the spool in DIR, for whoever sends from there, and send nothing"
    case .confirm:
      "answer each line of standard input with OK when it is delivered or rejected, as rsyslog's omprog expects with confirmMessages"
    case .lineIDs:
      "each line begins with its identity and a tab; an event's id is made of both, so that a line that is read again gives the same id"
    case .dryRun: "print the events as they would be sent, one per line, and send nothing"
    case .rejected:
      "write what was not delivered to FILE: line number, JSON pointer or code, reason and event or line, separated by tabs"
    case .timeout:
      "for how long to wait without an answer (default: 15 for one event, else until each one is delivered or has expired)"
    case .help: "show this help"
    case .version: "show the version"
    }
  }

  /// What the help of a command says about the flag.
  func meaning(in command: Command) -> StaticString {
    if command == .report, self == .site { return "the site that the log is of, for the report's title; not needed" }
    if command == .replay && self == .follow {
      return "stay, and send what is added to the logs, whatever becomes of them, until SIGTERM or Ctrl-C; needs --state"
    }
    guard command == .spool else { return meaning }
    switch self {
    case .rejected:
      return "drain: write the events that the server rejected to FILE: number, code, reason and event, separated by tabs"
    case .timeout:
      return "drain: how long to send (default: until all is sent, or nothing was taken for delivery_timeout_ms)"
    default: return meaning
    }
  }

  func belongs(to command: Command) -> Bool {
    switch self {
    case .href, .title, .userAgent, .referrer, .canonicalURL, .sessionID, .anonymousID, .method, .eventID, .occurredAt,
      .property:
      command == .send
    case .site, .format, .fields, .unreadable, .maxUnreadable: command == .replay || command == .report
    case .ignoreVirtualHosts, .allMethods, .includeAssets, .includeRedirects, .includeErrors: command == .replay
    case .html: command == .report
    case .base64: command == .check
    case .requests: command == .send
    case .cron: command == .agents
    case .events, .older, .all: command == .spool
    case .follow: command == .spool || command == .replay
    case .state: command == .replay
    case .spool: command == .send
    case .confirm, .lineIDs: command == .send || command == .replay
    case .dryRun: command == .send || command == .replay
    case .rejected, .timeout: command == .send || command == .replay || command == .spool
    case .help, .version: true
    }
  }

  /// The field of the event that the flag sets.
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
    default:
      nil
    }
  }
}

extension Option {
  /// Whether a command has a flag of its own of that name, which takes precedence.
  func isReplaced(in command: Command) -> Bool {
    switch self {
    case .dryRun: command == .send || command == .replay
    case .anonymousID, .eventID: command == .send
    default: false
    }
  }
}

extension Option {
  /// Whether the option changes what a command does.
  func belongs(to command: Command) -> Bool {
    switch command {
    case .send, .replay, .spool: true
    case .check: self == .maxEventBytes
    case .agents: self == .aiAgentsFile || self == .aiRangesFolder || self == .aiRangesMaxAge
    case .report:
      switch self {
      case .trustedProxies, .includePaths, .excludePaths, .aiAgentsFile, .aiRangesFolder, .aiRangesMaxAge: true
      default: false
      }
    case .completion: false
    }
  }

  /// Whether the option is about web requests, of which `send` makes events with --requests only.
  var isOfRequests: Bool {
    switch self {
    case .trustedProxies, .clientIPHeader, .includePaths, .excludePaths, .pageTypes, .trackErrors, .privacySignals, .eventID: true
    default: false
    }
  }
}

extension OptionRow {
  /// The option's name as a flag: with dashes for underscores.
  var flagName: [UInt8] { name.bytes.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 } }
}
