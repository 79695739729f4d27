// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// One request of an access log, whatever the log's format. A format turns a line into an entry of decoded values: views of
/// the line or of the format's own memory, valid until it reads the next line. What a line does not say is nil.
struct LogEntry {
  /// In the form of RFC 3339; the reader of the entry checks that the day and the hour exist.
  var time: Bytes
  /// `http` or `https`, in lower case.
  var scheme: Bytes?
  /// The host that answered, without a port.
  var host: Bytes?
  /// The address at the other end of the connection, or the name that the server looked up for it; it may have a port or a zone.
  var client: Bytes?
  /// The addresses that proxies reported, as in an `X-Forwarded-For` header.
  var forwardedFor: Bytes?
  /// Nil when what the visitor sent is not an HTTP request.
  var request: LogRequest?
  var status: Int?
  /// The size of the answer's body.
  var bytes: Int?
  /// The visitor's own text, like the user agent: any bytes, not always UTF-8.
  var referrer: Bytes?
  var userAgent: Bytes?
  /// What identifies the request in every log that has it: nginx's `$request_id`, or a `traceparent`.
  var requestID: Bytes?
  /// What had to be taken for granted to read the line.
  var notice: LogNotice? = nil
}

/// A line that is not in the log's format. The reason follows the line's number: "line 7: has no time …".
struct UnreadableLine: Error {
  let reason: StaticString
}
