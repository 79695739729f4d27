// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import CTPCZlib
import CTPCZstd
import TPCCore

/// Any bytes as an access log, in every format, behind every prefix and compressed in every way that `replay` reads: each line becomes
/// events that can be sent, or is left out for a reason.
func fuzzLog(_ input: inout FuzzInput) {
  let (chosen, options) = (Int(input.byte()), input.byte())
  guard let requested = requestedFormat(chosen, &input) else { return }
  let log = input.remainder()
  _ = FirstTime.milliseconds(in: log.bytes)
  let packing = Packing(rawValue: options >> 4 & 3) ?? .none
  let packed = packing.packed(log)
  let reading = LogReading(readers[Int(options & 3) % readers.count], requested, hasLineIDs: options & 4 != 0)
  reading.read(packed)
  let looksPacked = Compression.of(log.bytes.part(0, Compression.magicBytes)).map { $0 != Compression.none } ?? false
  guard packing != .broken, !looksPacked else { return }
  // A last line may lack its newline; an empty one after the last newline does not count.
  let whole = log.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
  demand(reading.lines == whole.count - (whole.last?.isEmpty == true ? 1 : 0), "every line is read once")
}

/// What `--format` and `--fields` would ask for; nil where they would be refused.
private func requestedFormat(_ chosen: Int, _ input: inout FuzzInput) -> RequestedFormat? {
  let names = FormatName.allCases
  do throws(UsageError) {
    switch chosen % (names.count + 3) {
    case let index where index < names.count: return .named(names[index], fields: nil)
    case names.count:
      let literal = try RequestedFormat(input.text().bytes, fields: nil)
      _ = try literal.make()
      return literal
    case names.count + 1:
      let name = names[Int(input.byte()) % names.count]
      return try RequestedFormat(name.name.bytes, fields: input.text().bytes)
    default: return .auto
    }
  } catch {
    demand(!error.message.isEmpty, "a refusal says why")
    return nil
  }
}

// MARK: Reading

/// A log that is read as `replay` reads it, apart from what it prints.
private final class LogReading {
  private let log: LogVisit
  private let requested: RequestedFormat
  private let hasLineIDs: Bool
  private(set) var lines = 0

  init(_ log: LogVisit, _ requested: RequestedFormat, hasLineIDs: Bool) {
    (self.log, self.requested, self.hasLineIDs) = (log, requested, hasLineIDs)
  }

  /// Through a descriptor, as the tool reads.
  func read(_ text: FuzzText) {
    demand(ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0, "the file can be emptied")
    demand(write(file, text.start, text.count) == text.count && lseek(file, 0, SEEK_SET) == 0, "the file can be written")
    let reader = LineReader(DetectedSource(file, InputWait()), limit: limit)
    log.reader.layout = layout(of: reader.peek())
    while true {
      switch reader.next() {
      case .text(let line):
        demand(line.count <= limit && !line.contains(0x0A), "a line is no longer than the limit and has no newline")
        lines += 1
        // Memory of exactly the line's size: what is read beyond it is seen.
        take(InputLine(number: lines, text: FuzzText(line).bytes, isUnterminated: reader.endedWithoutNewline))
      case .tooLong(let start, let length):
        demand(start.count <= length && length > limit, "a line that is too long has its length")
        lines += 1
      case .end: return
      case .damaged:
        demand(reader.next().isEnd, "nothing comes after the damage")
        return
      case .failed, .stopped: fatalError("not so: a file can be read to its end")
      }
    }
  }

  private func layout(of head: Bytes) -> LogLayout {
    let prefix = LinePrefix.detect(in: head)
    do throws(UsageError) {
      if let format = try requested.make() { return LogLayout(format, after: prefix) }
      return LogLayout(try (FormatDetector.look(at: FuzzText(head).bytes, prefix).name ?? .combined).make(), after: prefix)
    } catch {
      fatalError("not so: a format that was taken can be made")
    }
  }

  private func take(_ whole: InputLine) {
    if whole.isBlank { return }
    var line = InputLine(number: whole.number, text: whole.textWithoutCarriageReturn, isUnterminated: whole.isUnterminated)
    if hasLineIDs {
      guard let identified = IdentifiedLine(line) else { return }
      line = identified.line
      line.identity = identified.identity
    }
    check(log.read(line))
    var requests = 1
    while let next = log.next(of: line) {
      check(next)
      requests += 1
      demand(requests <= line.text.count + 1, "a line has an end")
    }
  }

  private func check(_ reading: LogVisit.Reading) {
    guard case .visit = reading else { return }
    let event = OpaquePointer(log.visit.event)
    checkRoundTrip(event)
    checkFinalBytes(event)
  }
}

extension LineReader.Line {
  fileprivate var isEnd: Bool {
    if case .end = self { return true }
    return false
  }
}

/// Lines of more bytes are too long here.
private let limit = 4096

private let readers: [LogVisit] = [
  reader(["replay", "--site=https://example.com"]),
  reader(
    [
      "replay", "--site=http://example.com:8080", "--ignore-vhosts", "--all-methods", "--include-assets",
      "--include-redirects", "--include-errors", "--event-id=request",
    ]),
  reader(["replay", "--trusted-proxies=10.0.0.0/8", "--all-methods", "--include-errors"]),
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
    let site: Site? = if let text = arguments.value(.site) { try Site(text) } else { nil }
    return try LogVisit(arguments, site)
  } catch {
    fatalError(String(decoding: error.message, as: UTF8.self))
  }
}

private let file: Int32 = {
  var name = Array("/tmp/tpc-fuzz-log-XXXXXX".utf8CString)
  let descriptor = mkstemp(&name)
  guard descriptor >= 0 else { fatalError("no file") }
  unlink(name)
  return descriptor
}()

// MARK: Compression

/// How the log is compressed before it is read.
private enum Packing: UInt8 {
  case none, gzip, zstd
  /// gzip or zstd, with a byte changed or the end cut off, by the log's own first bytes.
  case broken

  func packed(_ text: FuzzText) -> FuzzText {
    switch self {
    case .none: return text
    case .gzip: return FuzzText(Packing.gzipped(text.bytes))
    case .zstd: return FuzzText(Packing.zstandard(text.bytes))
    case .broken:
      let seed = text.bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      var bytes = seed & 1 == 0 ? Packing.gzipped(text.bytes) : Packing.zstandard(text.bytes)
      let at = (seed >> 4) % bytes.count
      if seed & 2 == 0 { bytes[at] ^= UInt8(1 << (seed >> 1 & 7)) } else { bytes.removeLast(at) }
      return FuzzText(bytes)
    }
  }

  private static func gzipped(_ text: Bytes) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    demand(deflateInit2_(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, zlibVersion(), size) == Z_OK, "zlib begins")
    defer { deflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: text.baseAddress)
    stream.avail_in = UInt32(text.count)
    return [UInt8](unsafeUninitializedCapacity: text.count + 1024) { buffer, count in
      stream.next_out = buffer.baseAddress
      stream.avail_out = UInt32(buffer.count)
      demand(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib ends")
      count = Int(stream.total_out)
    }
  }

  private static func zstandard(_ text: Bytes) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(text.count)) { buffer, count in
      count = ZSTD_compress(buffer.baseAddress, buffer.count, text.baseAddress, text.count, 1)
      demand(ZSTD_isError(count) == 0, "zstd compresses")
    }
  }
}
