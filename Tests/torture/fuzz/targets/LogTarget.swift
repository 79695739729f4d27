// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// Any bytes as an access log: each line becomes an event that can be sent, or is left out for a reason.
func fuzzLog(_ input: inout FuzzInput) {
  let log = input.remainder()
  var lines = 0
  readLines(log) { line in
    lines += 1
    checkLine(line)
  }
  // A last line may lack its newline; an empty one after the last newline does not count.
  let whole = log.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
  demand(lines == whole.count - (whole.last?.isEmpty == true ? 1 : 0), "every line is read once")
}

private func checkLine(_ line: FuzzText) {
  for reader in readers {
    guard case .visit = reader.read(line.bytes) else { continue }
    let event = OpaquePointer(reader.visit.event)
    checkRoundTrip(event)
    checkFinalBytes(event)
  }
}

private let readers: [LogVisit] = [
  reader(["replay", "--site=https://example.com"]),
  reader(
    [
      "replay", "--site=http://example.com:8080", "--ignore-vhosts", "--all-methods", "--include-assets",
      "--include-redirects", "--include-errors",
    ]),
]

nonisolated(unsafe) private var arguments: [UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>] = []

private func reader(_ words: [String]) -> LogVisit {
  optind = 0
  // A process's arguments stay for its life.
  let values = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
  _ = values.initialize(from: words.map { strdup($0) } + [nil])
  arguments.append(values)
  do throws(UsageError) {
    let arguments = try Arguments(of: .replay, count: Int32(words.count), values: values.baseAddress.unsafelyUnwrapped)
    guard let site = arguments.value(.site) else { fatalError("no site") }
    return try LogVisit(arguments, Site(site))
  } catch {
    fatalError(String(decoding: error.message, as: UTF8.self))
  }
}

/// Through a descriptor, as the tool reads. Lines of more than 512 bytes are too long here.
private func readLines(_ log: FuzzText, _ body: (FuzzText) -> Void) {
  let limit = 512
  demand(ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0, "the file can be emptied")
  demand(write(file, log.start, log.count) == log.count && lseek(file, 0, SEEK_SET) == 0, "the file can be written")
  let reader = LineReader(descriptor: file, limit: limit)
  while true {
    switch reader.next() {
    case .text(let line):
      demand(line.count <= limit && !line.contains(0x0A), "a line is no longer than the limit and has no newline")
      body(FuzzText(line))
    case .tooLong: body(FuzzText([]))
    case .end: return
    case .failed, .stopped: fatalError("not so: a file can be read to its end")
    }
  }
}

private let file: Int32 = {
  var name = Array("/tmp/tpc-fuzz-log-XXXXXX".utf8CString)
  let descriptor = mkstemp(&name)
  guard descriptor >= 0 else { fatalError("no file") }
  unlink(name)
  return descriptor
}()
