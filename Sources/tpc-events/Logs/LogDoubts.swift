// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Counts what makes a log doubtful: lines that were read by taking something for granted, and visits without what they are sent for.
struct LogDoubts {
  private var counts = [Int](repeating: 0, count: LogNotice.allCases.count)
  private var pages = 0
  private var withoutAgent = 0
  private var withoutClient = 0
  private var withoutRequest = 0

  mutating func count(_ notice: LogNotice) { counts[notice.rawValue] += 1 }

  mutating func countWithoutRequest() { withoutRequest += 1 }

  mutating func countPage(_ entry: LogEntry) {
    pages += 1
    if entry.userAgent == nil { withoutAgent += 1 }
    if entry.client == nil && entry.forwardedFor == nil { withoutClient += 1 }
  }

  var mostHaveAgents: Bool { withoutAgent * 2 < pages }

  /// Hands a sentence to `say` for each thing that most lines lack. `unreadable` lines count like those without a request.
  func sayWhatMostLack(lines: Int, unreadable: Int, _ say: (StaticString) -> Void) {
    if pages > 0, withoutAgent * 2 > pages {
      say("most visits have no user agent: AI agents cannot be told from people; log the combined format, or name the log's own with --format")
    }
    if pages > 0, withoutClient * 2 > pages {
      say("most visits have no address: no agent can be verified; have the server log the visitor's address, or name the log's format with --format")
    }
    if lines > 0, (withoutRequest + unreadable) * 2 > lines {
      say("most lines hold no request that can be read; is this an access log? --format names how it is written, and --unreadable FILE keeps the lines")
    }
  }

  /// Hands each thing that was taken for granted to `say`, with the number of its lines.
  func sayNotices(_ say: (Int, StaticString) -> Void) {
    for notice in LogNotice.allCases where counts[notice.rawValue] > 0 { say(counts[notice.rawValue], notice.text) }
  }
}
