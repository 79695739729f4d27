// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
@testable import TPCCore

/// Any bytes as a server's answer: its status, header lines and body.
func fuzzAnswer(_ input: inout FuzzInput) {
  let status = Int(input.byte()) * 4
  let wall = Int64(bitPattern: input.word())
  var lines: [FuzzText] = []
  for _ in 0..<input.byte() % 8 { lines.append(input.text()) }
  let body = input.remainder()

  let result = readHeader(status, lines, wall)
  checkAcceptance(body)
  let words = ErrorBody(body.bytes)
  checkReport(words.words, result)
}

private func readHeader(_ status: Int, _ lines: [FuzzText], _ wall: Int64) -> RequestResult {
  var header = ResponseHeader()
  for line in lines { header.read(line.bytes, wallMilliseconds: wall) }
  var result = RequestResult()
  result.httpStatus = status
  result.retryAfterMilliseconds = header.retryAfterMilliseconds
  result.shouldRetry = header.shouldRetry
  demand(result.retryAfterMilliseconds.map { (0...RetryAfter.longestMilliseconds).contains($0) } ?? true, "no pause is longer than the longest")
  for othersHavePassed in [false, true] {
    let verdict = TPCCore.Verdict(result, TPCCore.Verdict.History(isFirstAttempt: false, othersHavePassed: othersHavePassed))
    demand((verdict.fate == .delivered) == result.isSuccess, "what is delivered was accepted")
    demand(status == 0 || result.retryAfterMilliseconds == nil || verdict.subject != .event, "a time that the server named is nobody's own")
  }
  return result
}

/// The fast way through the usual body and the way through any body give the same result.
private func checkAcceptance(_ body: FuzzText) {
  let first = Acceptance(body.bytes)
  let spaced = FuzzText([0x20] + Array(body.bytes))
  let second = Acceptance(spaced.bytes)
  demand((first == nil) == (second == nil), "a body is an acceptance whatever its whitespace")
  guard let first, let second else { return }
  demand(first.receivedAt.matches(second.receivedAt), "both ways give the same time")
  demand(DateTime.check(first.receivedAt) == nil, "the time that is reported is one")
}

/// The server's answer in a delivery report, as C reads it.
private func checkReport(_ words: OutcomeDetails, _ result: RequestResult) {
  guard let event = tracked else { fatalError("memory ran out") }
  var reports = ReportQueue(capacity: 2)
  demand(reports.append(event, .rejected, words) == 0, "the report is kept")
  var trouble = LastFailure()
  trouble.note(words)
  demand(reports.append(event, .expired, trouble.words) == 0, "the report is kept")
  while let report = reports.take() {
    for text in [Report.Text.eventID, .code, .message, .details, .receivedAt] {
      let bytes = report.pointee.text(text)
      demand(UTF8Text.check(bytes) == nil, "a report's texts are valid UTF-8")
      demand(bytes.baseAddress.map { strlen(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)) } == bytes.count, "a report's texts end with a NUL")
    }
    ReportQueue.destroy(report)
  }
}

/// Of an event that was sent, what a report needs.
private let tracked: QueuedEvent? = {
  var visit = PageVisit()
  guard (try? visit.set(.pageHref, "https://example.com/")) != nil else { return nil }
  let options = try? CompletionSettings(Options())
  guard let options, let body = finalBody(of: visit, options) else { return nil }
  let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: body.bytes.count)
  return QueuedEvent(body.bytes, id: body.id, in: memory, sequence: 1, expiresAt: 0, place: .none)
}()
