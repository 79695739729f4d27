// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Addresses as logs write them: with quotes, a port or a zone.
enum LogAddress {
  /// The address alone; nil for anything else, such as a name that the server looked up.
  static func address(_ text: Bytes) -> IPAddress? { plain(text).flatMap { IPAddress($0) } }

  /// The text of the address alone.
  static func plain(_ text: Bytes) -> Bytes? {
    if IPAddress(text) != nil { return text }
    var text = text
    while let first = text.first, first == UInt8(ascii: "\"") || first == 0x20 { text = text.part(1, text.count) }
    while let last = text.last, last == UInt8(ascii: "\"") || last == 0x20 { text = text.part(0, text.count - 1) }
    let (host, _) = HostAndPort.split(text)
    if let host { text = host }
    if text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") { text = text.part(1, text.count - 1) }
    if let zone = text.firstIndex(of: UInt8(ascii: "%")) { text = text.part(0, zone) }
    return IPAddress(text) == nil ? nil : text
  }

  /// Whether the text is a list of addresses, such as proxies report: at least its first member is one.
  static func isList(_ text: Bytes) -> Bool { address(first(of: text)) != nil }

  /// The first member: the client, if every proxy told the truth.
  static func first(of list: Bytes) -> Bytes { list.part(0, list.firstIndex(of: UInt8(ascii: ",")) ?? list.count) }
}
