// SPDX-License-Identifier: Apache-2.0

/// Reads the header `Signature-Agent`, by which a signed request names its sender (draft-ietf-webbotauth-httpsig-protocol). It is one
/// string, as in `"https://chatgpt.com"`, or a dictionary of them, as in `sig1="https://chatgpt.com"`.
enum SignatureAgent {
  /// A longer header of a signed request is not read.
  static let maximumBytes = 8192

  /// The value of a member, with its parameters: the one of `key`, else the first one that is a string. Nil if there is none.
  static func value(_ header: Bytes, key: Bytes? = nil) -> Bytes? {
    guard header.count <= maximumBytes else { return nil }
    if key == nil, header.first == UInt8(ascii: "\"") {
      var item = StructuredField(header)
      return item.readValue() && item.isAtEnd ? header : nil
    }
    var field = StructuredField(header)
    var found: Bytes?
    while let member = field.nextMember() {
      guard found == nil || key != nil else { continue }
      if key.map({ member.key.matches($0) }) ?? (member.value.first == UInt8(ascii: "\"")) { found = member.value }
    }
    return field.isMalformed ? nil : found
  }

  /// Appends an `@` and the host that the header names, if it names one. `false` when memory ran out.
  @inline(never)
  static func read(_ header: Bytes?, into signer: inout ByteBuffer) -> Bool {
    guard let header, let value = value(header) else { return true }
    return read(value: value, into: &signer)
  }

  /// The same with a member's value, which is the URL of the sender's keys.
  static func read(value: Bytes, into signer: inout ByteBuffer) -> Bool {
    var field = StructuredField(value)
    guard let (kind, url) = field.item(), kind == StructuredField.string else { return true }
    let parts = URI.Parts(url)
    guard url.part(parts.scheme).matchesIgnoringCase("https"), let host = parts.host, !host.isEmpty else { return true }
    return signer.put("@") && signer.put(url.part(host))
  }
}
