// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Signed requests")
struct SignedRequestTests {
  /// The published key of RFC 9421, appendix B.1.4.
  private let key = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"

  private func decoded(_ text: String) -> [UInt8]? {
    withBytes(text) { text in
      var bytes = ByteBuffer()
      return Base64.decode(text, into: &bytes) ? Array(bytes.bytes) : nil
    }
  }

  private func verifies(_ base: String, _ signature: String) -> Bool? {
    guard let signature = decoded(signature), let key = decoded(key) else { return nil }
    return signature.withUnsafeBufferPointer { signature in
      key.withUnsafeBufferPointer { key in withBytes(base) { Ed25519.verifies(signature, $0, key: key) } }
    }
  }

  @Test(
    "The signatures of RFC 9421, appendix B.2.6, and of the draft's test data verify, and those of a changed text do not",
    arguments: [
      (#"""
      "date": Tue, 20 Apr 2021 02:07:55 GMT
      "@method": POST
      "@path": /foo
      "@authority": example.com
      "content-type": application/json
      "content-length": 18
      "@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"
      """#, "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="),
      (#"""
      "@authority": example.com
      "@signature-params": ("@authority");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=1735693200;nonce="mYotfW3CUjI68sbGw6oKd7kyXqPjZEtU8xFPGWFrqOAf5qC6MDe3pys3SWWCudB0MvwslHy32WXUpkR7u0lt/w==";tag="web-bot-auth"
      """#, "+NA/cssf4Y2bQTMTkyvTGRCaVzp9quyUevdwwMtMOWhhOOZ2T1subBj0BtvdnrpDEuwSAbiTeElXDzHL3WWKCw=="),
      (#"""
      "@authority": example.com
      "signature-agent": "https://signature-agent.test"
      "@signature-params": ("@authority" "signature-agent");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=1735693200;nonce="e8N7S2MFd/qrd6T2R3tdfAuuANngKI7LFtKYI/vowzk4lAZYadIX6wW25MwG7DCT9RUKAJ0qVkU0mEeLElW1qg==";tag="web-bot-auth"
      """#, "jdq0SqOwHdyHr9+r5jw3iYZH6aNGKijYp/EstF4RQTQdi5N5YYKrD+mCT1HA1nZDsi6nJKuHxUi/5Syp3rLWBA=="),
      (#"""
      "@authority": example.com
      "@signature-params": ("@authority");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=4889289600;nonce="zIW8+cdmA3vdYagbxojpONwa/l0EKJ/O3/wD486VvsQjO/RxPaSt6ZxvQaMcQzNnqKN/mQ6hpGiFro2L2qkz5A==";tag="web-bot-auth"
      """#, "QKN4fTdIYfh82fvoZCQiQA1weuozfCS/Led2zTMbewMMqH8PI2Wsy/5c4ao6B6D09nraNQdBNOADg8aM1MqfCg=="),
      (#"""
      "@authority": example.com
      "signature-agent";key="agent2": "https://signature-agent.test"
      "@signature-params": ("@authority" "signature-agent";key="agent2");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=4889289600;nonce="n9p433xm+NJ3ph3upfBIGmsuwHw387YV7Q/F+6BSpGCVjYCqQw6rznNA8PVVLySrAWsv0hQtFioQb6E1YsauiA==";tag="web-bot-auth"
      """#, "RdNFx5Bj6au3YgAMQL/RzmUlZE8QZLIaXGRpw985hWnwPfMxT228NMk6ehRS1PSl4e8PhbNZACSanGdhEwYCCg=="),
    ])
  func vectors(base: String, signature: String) {
    #expect(verifies(base, signature) == true)
    #expect(verifies(base + " ", signature) == false)
    #expect(verifies(base, String(signature.dropFirst(4))) == nil)
  }

  @Test("Base64 is read in both alphabets, and each value has one text")
  func base64() {
    #expect(decoded("") == [] && decoded("aGk=") == [0x68, 0x69] && decoded("aGk") == [0x68, 0x69] && decoded("_-8") == decoded("/+8="))
    for text in ["a", "aGl", "aG k", "aGk=a", "===", "é"] { #expect(decoded(text) == nil) }
  }

  /// The members of a dictionary, or nil if it is malformed.
  private func members(_ text: String) -> [String]? {
    withBytes(text) { text in
      var field = StructuredField(text)
      var found: [String] = []
      while let member = field.nextMember() { found.append(string(member.key) + "=" + string(member.value)) }
      return field.isMalformed ? nil : found
    }
  }

  @Test("Dictionaries are read as RFC 9651 has them")
  func dictionaries() {
    #expect(members(#"a=1, b="x\"y";c;d=?0,e=("f";g=:aGk=: h);i=j, k"#) == ["a=1", #"b="x\"y";c;d=?0"#, "e=(\"f\";g=:aGk=: h);i=j", "k="])
    #expect(members("") == [] && members("  a=-1.5 ") == ["a=-1.5"] && members("*a=*b/c:d") == ["*a=*b/c:d"])
    for text in [
      "a=", "a=1,", "A=1", "a=1 b=2", "a=(1", "a=(1,2)", "a=((1))", #"a="x"#, #"a="\x""#, #"a="\"#, "a=\"é\"", "a=:a", "a=?2", "a=?", "a=;b", "a=1;",
      "a=1;B", ",", "=", ";", "a=@1", "1=2", "a=\"\u{7f}\"", "a=\"\n\"",
    ] { #expect(members(text) == nil, "\(text)") }
  }
}
