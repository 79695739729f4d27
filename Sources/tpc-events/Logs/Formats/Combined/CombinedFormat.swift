// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The access logs of Apache and nginx: common, combined and vhost_combined format.
struct CombinedFormat: ~Copyable {
  // Used again for each line.
  private var time = ByteBuffer()
  private var decoded = ByteBuffer()

  mutating func read(_ text: Bytes) throws(UnreadableLine) -> LogEntry {
    let line = try CombinedLine(text)
    time.truncate(to: 0)
    decoded.truncate(to: 0)
    // Decoding never makes a text longer, so the buffer does not move under the views into it.
    guard CombinedTime.append(line.time, to: &time), decoded.reserve(text.count) else {
      throw UnreadableLine(reason: "cannot be read: memory ran out")
    }
    return LogEntry(
      time: time.bytes, host: line.virtualHost, client: line.client, request: LogRequest(line: decode(line.request)),
      status: line.status, bytes: line.bytes, referrer: decode(line.referrer), userAgent: decode(line.userAgent), requestID: line.requestID)
  }

  private mutating func decode(_ text: Bytes?) -> Bytes? {
    guard let text else { return nil }
    return decode(text)
  }

  /// The bytes that the server saw. A text without an escape, as most are, stays where it is.
  private mutating func decode(_ text: Bytes) -> Bytes {
    guard let start = text.baseAddress, memchr(start, Int32(UInt8(ascii: "\\")), text.count) != nil else { return text }
    let offset = decoded.count
    CombinedEscapes.appendDecoded(text, to: &decoded)
    return decoded.bytes.part(offset, decoded.count)
  }
}
