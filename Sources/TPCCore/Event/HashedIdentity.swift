// SPDX-License-Identifier: Apache-2.0

/// Makes ids that are computed rather than drawn, so that whoever knows the same things gets the same id: UUIDs of version 8
/// (RFC 9562, 5.8) from the first 128 bits of an HMAC-SHA-256. The hashed text is its parts in lower case as netstrings,
/// `11:example.com,` each, so that no two lists of parts run together.
final class HashedIdentity {
  private let key: KeyedHash

  private init(_ key: KeyedHash) { self.key = key }

  /// Nil when the option, one of `anonymous_id` and `event_id`, asks for no such ids. The ids of visitors are keyed by the
  /// credential, which all hosts of a site have and nobody else. Fails with `invalidOption` where libcrypto is not there.
  @inline(never)
  static func make(_ options: Options, for option: Option) throws(Failure) -> HashedIdentity? {
    guard options.choice(option) != 0 else { return nil }
    try LibCrypto.require(LibCrypto.hasSHA256, for: OptionTable.row(option).name)
    var credential = Option.sessionToken
    if options.isSet(.bearerToken) { credential = .bearerToken }
    if options.isSet(.apiKey) { credential = .apiKey }
    return HashedIdentity(KeyedHash(key: option == .anonymousID ? options.text(credential) : []))
  }

  /// Appends the id of the parts: the day, for ids that are of a day, the page's domain, the visitor's address in its one
  /// canonical form, and one text more. Appends nothing without a valid address: many visitors would share an id.
  @inline(never)
  func append(day: Int?, domain: Bytes?, address: Bytes?, _ last: Bytes, to id: inout ByteBuffer) throws(Failure) {
    guard let address = address.flatMap({ IPAddress($0) }) else { return }
    var text = ByteBuffer()
    var scratch = ByteBuffer()
    var isWhole = true
    if let day {
      isWhole = scratch.append(decimal: day) && add(scratch.bytes, to: &text)
      scratch.truncate(to: 0)
    }
    guard isWhole, add(domain ?? Bytes(""), to: &text), address.format(into: &scratch), add(scratch.bytes, to: &text),
      add(last, to: &text), scratch.reserve(KeyedHash.digestBytes), let digest = scratch.base
    else { throw .outOfMemory }
    key.digest(text.bytes, into: digest)
    let bits = UnsafeRawPointer(digest)
    let high = UInt64(bigEndian: bits.loadUnaligned(as: UInt64.self)) & ~0xF000 | 0x8000
    let low = UInt64(bigEndian: bits.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) & ~(3 << 62) | 1 << 63
    guard UUIDText.append(to: &id, high, low) else { throw .outOfMemory }
  }

  @inline(never)
  private func add(_ part: Bytes, to text: inout ByteBuffer) -> Bool {
    text.append(decimal: part.count) && text.put(":") && text.put(lowercased: part) && text.put(",")
  }
}
