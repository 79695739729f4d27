// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What a field of a log says about a request, whatever the log calls it.
enum LogField: Int {
  /// The other end of the connection: an address, with or without a port, or a name that the server looked up for it.
  case client
  /// A list of addresses as in an `X-Forwarded-For` header.
  case forwardedFor
  /// The host that the visitor asked for, with or without a port.
  case host
  case scheme
  /// A whole time, in the log's `TimeForm`, or else its two halves, in UTC.
  case time, date, timeOfDay
  /// Method, target and version in one, or else the method, and the target or its path and query.
  case requestLine, method, target, path, query
  case status, bytes, referrer, userAgent
  /// What identifies the request in every log that has it.
  case requestID
}

/// The texts of one line's fields, as they are in the log: views of the line, or of a format's own memory. A field that the line does not
/// have is empty.
struct LogFields {
  private var texts = InlineArray<17, Bytes>(repeating: Bytes(start: nil, count: 0))

  subscript(field: LogField) -> Bytes {
    get { texts[field.rawValue] }
    set { texts[field.rawValue] = newValue }
  }

  /// Nil where the line does not have the field, or has a `-` in its place.
  func present(_ field: LogField) -> Bytes? {
    let text = self[field]
    return text.isEmpty || text.matches("-") ? nil : text
  }
}
