// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("KeyedHash")
struct KeyedHashTests {
  /// RFC 4231, sections 4.2 to 4.8, without 4.6, whose digest is cut.
  @Test(
    "The digests are those of RFC 4231's test cases for HMAC-SHA-256",
    arguments: [
      (key: [UInt8](repeating: 0x0B, count: 20), text: [UInt8]("Hi There".utf8),
        digest: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
      (key: [UInt8]("Jefe".utf8), text: [UInt8]("what do ya want for nothing?".utf8),
        digest: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
      (key: [UInt8](repeating: 0xAA, count: 20), text: [UInt8](repeating: 0xDD, count: 50),
        digest: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
      (key: [UInt8](1...25), text: [UInt8](repeating: 0xCD, count: 50),
        digest: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
      (key: [UInt8](repeating: 0xAA, count: 131), text: [UInt8]("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        digest: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
      (key: [UInt8](repeating: 0xAA, count: 131),
        text: [UInt8](
          """
          This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before \
          being used by the HMAC algorithm.
          """.utf8),
        digest: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ])
  func vectors(key: [UInt8], text: [UInt8], digest: String) {
    let hash = KeyedHash(key: key)
    for _ in 0..<2 { #expect(hexadecimal(hash, text) == digest) }
  }

  private func hexadecimal(_ hash: KeyedHash, _ text: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: KeyedHash.digestBytes)
    digest.withUnsafeMutableBufferPointer { digest in
      guard let base = digest.baseAddress else { return }
      text.withUnsafeBufferPointer { hash.digest($0, into: base) }
    }
    return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
