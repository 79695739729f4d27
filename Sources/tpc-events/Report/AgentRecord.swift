// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What the logs say about one agent. Requests that name it but come from elsewhere are counted apart from all the rest.
struct AgentRecord {
  let agent: AIAgent
  /// Requests of any kind.
  var requests = 0
  /// Those that were page visits.
  var visits = 0
  /// The visits that came from an address of its operator, and those of which nobody knows.
  var verifiedVisits = 0
  /// The visits' different pages.
  var pages = 0
  /// The requests by the first digit of their status; the first is for those without one.
  var statuses = InlineArray<6, Int>(repeating: 0)
  /// The bytes of the answers.
  var bytes = 0
  var first: Int64?
  var last: Int64?
  /// Requests for pages that do not exist.
  var notFound = 0
  var robots = FileReads()
  var llms = FileReads()
  var spoofed = SpoofedRequests()

  init(_ agent: AIAgent) { self.agent = agent }

  /// How often a file for crawlers was read, and when last.
  struct FileReads {
    var count = 0
    var last: Int64 = .min

    mutating func add(_ time: Int64) {
      count &+= 1
      last = max(last, time)
    }
  }

  struct SpoofedRequests {
    var requests = 0
    /// Those that were page visits.
    var visits = 0
    /// The different addresses that they came from.
    var addresses = 0
    var last: Int64 = .min
  }

  mutating func add(status: Int?, bytes answered: Int?, at time: Int64) {
    requests &+= 1
    let digit = (status ?? 0) / 100
    statuses[digit >= 1 && digit <= 5 ? digit : 0] &+= 1
    bytes = bytes.addingReportingOverflow(max(0, answered ?? 0)).partialValue
    first = min(first ?? time, time)
    last = max(last ?? time, time)
  }
}

/// What the logs say about people from one AI service.
struct AnswerRecord {
  let answer: AIAnswer
  /// Page visits that the referrer shows to come from there, and those that the page's URL does.
  var byReferrer = 0
  var byURL = 0
  /// Requests for pages that do not exist.
  var notFound = 0
  var last: Int64 = .min

  init(_ answer: AIAnswer) { self.answer = answer }

  var visits: Int { byReferrer &+ byURL }
}
