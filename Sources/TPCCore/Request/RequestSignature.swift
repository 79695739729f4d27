// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Verifies a signed request as Web Bot Auth has it: HTTP message signatures (RFC 9421) with Ed25519, by keys that are known
/// (draft-ietf-webbotauth-httpsig-protocol).
///
/// True is the signature of a known key. False is one that a known key did not make, or whose time is not now: copied from elsewhere
/// or from earlier. Anything else says nothing: an unknown key, another algorithm, parts that are not known here or are too few.
struct RequestSignature {
  static let maximumSeconds: Int64 = 86_400
  static let skewSeconds: Int64 = 30
  static let maximumComponents = 32
  static let maximumBytes = 65_536

  /// The value of Signature-Agent that is signed.
  private var agent: Bytes?
  private var coversHost = false
  /// Whether the URL's path or query is signed and has an escape: a server may have written it anew.
  private var mayDiffer = false

  /// What the signature shows; `signer` is an `@` and the host that the request names, and becomes that of the key.
  @inline(never)
  static func verify(
    _ request: borrowing WebRequest, _ target: RequestTarget, _ origin: RequestOrigin, _ keys: borrowing AgentKeys, now: Int64,
    _ signer: inout ByteBuffer
  ) -> Bool? {
    guard let (label, input) = tagged(request.part(.signatureInput)), let created = time("created", input),
      let expires = time("expires", input), created < expires, expires &- created <= maximumSeconds,
      parameter("alg", StructuredField.string, input)?.matchesIgnoringCase("ed25519") ?? true,
      let keyid = parameter("keyid", StructuredField.string, input)
    else { return nil }
    // The number of the key, the signature, and what is signed.
    var id = ByteBuffer()
    var signature = ByteBuffer()
    var base = ByteBuffer()
    var signed = RequestSignature()
    guard Base64.decode(keyid, into: &id), decode(request.part(.signature), label, into: &signature),
      signed.writeBase(input, request, target, origin, into: &base)
    else { return nil }
    if request.part(.signatureAgent) != nil {
      // A signature that does not cover its sender could be anybody's who copied it.
      var sender = ByteBuffer()
      guard let agent = signed.agent, SignatureAgent.read(value: agent, into: &sender), sender.count > 0 else { return nil }
      signer = sender
    }
    guard let key = keys.find(id.bytes, of: signer.bytes.part(1, signer.count), now: now) else { return nil }
    if created > now &+ skewSeconds || expires <= now { return false }
    let verifies = Ed25519.verifies(signature.bytes, base.bytes.tail(1), key: key.key)
    if verifies == true, signer.count == 0, !signer.put("@") || !signer.put(key.host) { return nil }
    return verifies == false && signed.mayDiffer ? nil : verifies
  }

  /// The label and the input, as it was sent, of the only signature that is meant for this.
  @inline(never)
  private static func tagged(_ header: Bytes?) -> (label: Bytes, input: Bytes)? {
    guard let header, header.count <= SignatureAgent.maximumBytes else { return nil }
    var field = StructuredField(header)
    var found: (label: Bytes, input: Bytes)?
    while let member = field.nextMember() {
      guard parameter("tag", StructuredField.string, member.value)?.matchesIgnoringCase("web-bot-auth") ?? false else { continue }
      if found != nil { return nil }
      found = (member.key, member.value)
    }
    return field.isMalformed ? nil : found
  }

  /// A parameter of a member; an empty text when it comes twice or is of another kind, which is never valid.
  @inline(never)
  private static func parameter(_ name: StaticString, _ kind: UInt8, _ value: Bytes) -> Bytes? {
    var field = StructuredField(value)
    guard field.readBare() else { return nil }
    var found: Bytes?
    while let parameter = field.nextParameter() {
      guard parameter.key.matchesIgnoringCase(name) else { continue }
      found = found == nil && parameter.kind == kind ? parameter.value : Bytes(start: nil, count: 0)
    }
    return found
  }

  private static func time(_ name: StaticString, _ input: Bytes) -> Int64? {
    parameter(name, StructuredField.number, input).flatMap { Decimal.value($0) }
  }

  private static func decode(_ header: Bytes?, _ label: Bytes, into bytes: inout ByteBuffer) -> Bool {
    guard let header, let value = SignatureAgent.value(header, key: label) else { return false }
    var field = StructuredField(value)
    guard let (kind, text) = field.item(), kind == StructuredField.bytes else { return false }
    return Base64.decode(text, into: &bytes) && bytes.count == 64
  }

  // MARK: What is signed

  /// Writes a line break and what is signed (RFC 9421, section 2.5). `false` for parts that are not known here, that the request
  /// does not have or that came twice, when neither the host nor the whole URL is signed, and when memory ran out.
  @inline(never)
  private mutating func writeBase(
    _ input: Bytes, _ request: borrowing WebRequest, _ target: RequestTarget, _ origin: RequestOrigin, into base: inout ByteBuffer
  ) -> Bool {
    var field = StructuredField(input)
    guard field.skip(UInt8(ascii: "(")) else { return false }
    for _ in 0...RequestSignature.maximumComponents {
      field.skipSpaces()
      let isEnd = field.skip(UInt8(ascii: ")"))
      let (line, start) = (base.count, field.at)
      let item = isEnd ? (StructuredField.string, Bytes("@signature-params")) : field.item()
      let parameter = isEnd ? nil : field.nextParameter()
      guard let (kind, name) = item, kind == StructuredField.string, base.put("\n"),
        base.put(isEnd ? Bytes("\"@signature-params\"") : field.text(from: start)), base.put(": ")
      else { return false }
      if isEnd { return coversHost && base.put(input) }
      // A line of the same part; the values of others have no line breaks.
      let value = base.count
      if tpc_posix_find(base.base, line, base.base.map { $0 + line }, value &- line) != nil { return false }
      guard write(name, parameter, request, target, origin, to: &base), base.count <= RequestSignature.maximumBytes else { return false }
      for byte in base.bytes.tail(value) where byte &- 0x20 >= 0x5F && byte != 0x09 { return false }
    }
    return false
  }

  /// Appends the value of a part, which may have the parameter `key` if it is Signature-Agent.
  @inline(never)
  private mutating func write(
    _ name: Bytes, _ parameter: (key: Bytes, kind: UInt8, value: Bytes)?, _ request: borrowing WebRequest, _ target: RequestTarget,
    _ origin: RequestOrigin, to base: inout ByteBuffer
  ) -> Bool {
    let isMethod = name.matchesIgnoringCase("@method")
    if name.first == UInt8(ascii: "@"), !isMethod {
      let isScheme = name.matchesIgnoringCase("@scheme")
      let isHost = name.matchesIgnoringCase("@authority")
      let isWhole = name.matchesIgnoringCase("@target-uri")
      if isHost || isWhole { coversHost = true }
      if !isHost, !isScheme, target.hasEscapes { mayDiffer = true }
      return parameter == nil
        && target.write(scheme: isScheme, host: isHost, path: name.matchesIgnoringCase("@path"), query: name.matchesIgnoringCase("@query"),
          whole: isWhole, origin, to: &base)
    }
    guard let part = isMethod ? .method : WebRequest.header(name), let value = request.part(part) else { return false }
    guard part == .signatureAgent else { return parameter == nil && base.put(value) }
    if let parameter, !parameter.key.matchesIgnoringCase("key") || parameter.kind != StructuredField.string { return false }
    // Of several members that are signed, none is the sender.
    guard agent == nil, let found = SignatureAgent.value(value, key: parameter?.value) else { return false }
    agent = found
    return base.put(parameter == nil ? value : found)
  }
}
