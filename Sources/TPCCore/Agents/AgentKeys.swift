// SPDX-License-Identifier: Apache-2.0

import CTPCJansson

/// The public keys that AI agents sign their requests with, from files that hold them as their operators publish them (RFC 7517): a
/// file is called after the host that signs, as `chatgpt.com.json`. Only Ed25519 keys count (RFC 8037); others are passed over.
///
///     {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "…", "nbf": 1735689600, "exp": 1767225600}]}
struct AgentKeys: ~Copyable {
  private struct Key: BitwiseCopyable {
    /// Where its texts end: the host, the 32 bytes of the key, and the 32 bytes of its thumbprint (RFC 7638), by which signatures
    /// name it. What a file calls it does not matter.
    let end: Int
    /// The seconds since 1970 from which and until which it counts.
    let from: Int64
    let until: Int64
  }

  private var texts = ByteBuffer()
  private var keys = GrowableArray<Key>()

  static let maximumKeys = 1000
  /// The key of RFC 9421, appendix B.1.4, whose other half anybody can read there.
  private static let published: StaticString = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"

  var count: Int { keys.count }

  /// Adds the keys of a file's text: an array of them in an object, or one key. `false`, with the reason in `file`, if it is wrong.
  @inline(never)
  mutating func read(_ text: Bytes, of host: Bytes, _ file: OperatorFile) -> Bool {
    guard let value = file.json(text) else { return false }
    defer { tpc_json_release(value) }
    let list = OperatorFile.member(value, "keys")
    for index in 0..<(list == nil ? 1 : json_array_size(list)) {
      guard let member = add(list == nil ? value : json_array_get(list, index), host) else { continue }
      if list != nil { (file.unit, file.number) = ("/keys/", index) }
      if member.utf8CodeUnitCount == 0 { return false }
      return file.refuse(
        """
        a JSON Web Key (kty) and, of Ed25519, x of 43 characters that are not RFC 9421's example, nbf and exp in seconds; at most \
        1,000 keys in all files
        """, byte: 0, member)
    }
    return true
  }

  /// Adds a key, unless it is of another kind. Returns the member that is wrong, whose name is empty when memory ran out.
  @inline(never)
  private mutating func add(_ key: UnsafeMutablePointer<json_t>?, _ host: Bytes) -> StaticString? {
    guard let kind = AgentKeys.text(key, "kty") else { return "/kty" }
    guard kind.matchesIgnoringCase("OKP"), AgentKeys.text(key, "crv")?.matchesIgnoringCase("Ed25519") ?? false else { return nil }
    guard let x = AgentKeys.text(key, "x"), x.count == 43, !x.matchesIgnoringCase(AgentKeys.published), texts.put(host) else { return "/x" }
    let start = texts.count
    guard Base64.decode(x, into: &texts), texts.count == start &+ 32, keys.count < AgentKeys.maximumKeys else { return "/x" }
    let (from, until) = (AgentKeys.time(key, "nbf", else: 0), AgentKeys.time(key, "exp", else: .max))
    if from < 0 { return "/nbf" }
    if until < 0 { return "/exp" }
    var canonical = ByteBuffer()
    let isAdded =
      canonical.put("{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"") && canonical.put(x) && canonical.put("\"}")
      && LibCrypto.hash(canonical.bytes, into: &texts) && keys.append(Key(end: texts.count, from: from, until: until))
    return isAdded ? nil : ""
  }

  private static func text(_ key: UnsafeMutablePointer<json_t>?, _ name: StaticString) -> Bytes? {
    OperatorFile.text(OperatorFile.member(key, name))
  }

  /// A time in seconds; some operators publish milliseconds. Negative if it is not a whole number.
  @inline(never)
  private static func time(_ key: UnsafeMutablePointer<json_t>?, _ name: StaticString, else missing: Int64) -> Int64 {
    guard let value = OperatorFile.member(key, name) else { return missing }
    let number = json_integer_value(value)
    return tpc_json_is_integer(value) == 0 ? -1 : number > 100_000_000_000 ? number / 1000 : number
  }

  /// A key by its thumbprint and the host that it must be of, or any host if that is empty: its 32 bytes, and its host. Nil if it is
  /// not known at that time, in seconds since 1970.
  @inline(never)
  func find(_ id: Bytes, of host: Bytes, now: Int64) -> (key: Bytes, host: Bytes)? {
    var start = 0
    for key in keys.elements {
      let found = texts.bytes.part(start, key.end &- 64)
      start = key.end
      guard now >= key.from, now < key.until, texts.bytes.part(start &- 32, start).matches(id) else { continue }
      if host.isEmpty || found.matchesIgnoringCase(host) { return (texts.bytes.part(start &- 64, start &- 32), found) }
    }
    return nil
  }
}
