// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What was taken for granted to read a line; it is told once, at the end.
enum LogNotice: Int, CaseIterable {
  case unknownFields, unquotedAgent, cutAgent, swapped, firstOfList, assumedUTC, recognizedHeaders, recognizedHeadersAssumedUTC

  var text: StaticString {
    switch self {
    case .unknownFields:
      "found fields that the format does not have, and took the last two quoted texts for referrer and user agent; --format says how the log is written"
    case .unquotedAgent: "found a user agent without quotes, and took it to the line's end"
    case .cutAgent: "found a user agent without an end, and took it as far as it goes"
    case .swapped: "found a URL where the user agent should be, and took it for the referrer, and the text before it for the user agent"
    case .firstOfList:
      "found several addresses, and took the first for the visitor's; --trusted-proxies names your proxies, and then the one before theirs counts"
    case .assumedUTC: "found times without an offset, and took them for UTC"
    case .recognizedHeaders:
      "found captured headers without names, and told them by their form; --fields names them in the order of their configuration, such as host,user-agent,referer"
    case .recognizedHeadersAssumedUTC:
      "found times without an offset, and took them for UTC; found captured headers without names, and told them by their form; --fields names them in the order of their configuration, such as host,user-agent,referer"
    }
  }
}
