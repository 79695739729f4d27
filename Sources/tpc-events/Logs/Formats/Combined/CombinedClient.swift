// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What comes before the time: `[vhost ]client identity user`. A user's name may have spaces, so the number of words alone does not show
/// whether there is a virtual host; and whatever comes before it in a line, such as a date, is none.
enum CombinedClient {
  /// `false` when the words are something else.
  static func read(_ text: Bytes, into fields: inout LogFields) -> Bool {
    var words = LogWords(text, from: 0)
    guard let first = words.nextList(), let second = words.nextList(), let third = words.next() else { return false }
    // The identity, which no server looks up any more, is a `-`.
    if second.matches("-") || words.next() == nil { return setClient(first, &fields) }
    if !third.matches("-") && IPAddress(first) != nil { return setClient(first, &fields) }
    guard isHost(first), third.matches("-") || LogAddress.address(second) != nil else { return false }
    fields[.host] = first
    return setClient(second, &fields)
  }

  private static func setClient(_ text: Bytes, _ fields: inout LogFields) -> Bool {
    let isList = text.contains(UInt8(ascii: ","))
    if isList && !LogAddress.isList(text) { return false }
    fields[isList ? .forwardedFor : .client] = text
    return true
  }

  /// A host name or an address, with or without a port; or a server's catch-all.
  private static func isHost(_ text: Bytes) -> Bool {
    if text.matches("-") || text.matches("*") { return true }
    for byte in text where !(byte.lowercased &- 0x61 < 26 || byte &- 0x2D < 14 && byte != UInt8(ascii: "/") || byte >= 0x80) {
      if byte != UInt8(ascii: "_"), byte != UInt8(ascii: "["), byte != UInt8(ascii: "]"), byte != UInt8(ascii: "*") { return false }
    }
    return true
  }
}
