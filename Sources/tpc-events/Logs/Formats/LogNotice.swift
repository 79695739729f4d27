// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What was taken for granted to read a line; it is told once, at the end.
enum LogNotice: Int, CaseIterable {
  case unknownFields, unquotedAgent, cutAgent, swapped, firstOfList

  var text: StaticString {
    switch self {
    case .unknownFields:
      "have fields that the format does not have; the last two quoted texts were taken for referrer and user agent (name the log's format with --format)"
    case .unquotedAgent: "have a user agent without quotes, which was taken to the line's end"
    case .cutAgent: "have a user agent without an end, which was taken as far as it goes"
    case .swapped: "have a URL where the user agent should be; it was taken for the referrer, and the text before it for the user agent"
    case .firstOfList:
      "have several addresses; the first was taken for the visitor's (--trusted-proxies names your proxies, and the address before them counts)"
    }
  }
}
