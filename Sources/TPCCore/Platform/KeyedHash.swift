// SPDX-License-Identifier: Apache-2.0

import CTPCCurl
import CTPCPOSIX

/// HMAC-SHA-256 (RFC 2104), over the SHA-256 of libcrypto; only where `LibCrypto.hasSHA256` is true.
struct KeyedHash {
  /// The hashes that have read the key: one goes on with a text, the other with the first one's digest.
  private var inner = tpc_crypto_hash()
  private var outer = tpc_crypto_hash()

  static let digestBytes = 32
  /// What SHA-256 reads at once.
  private static let blockBytes = 64

  init(key: [UInt8]) {
    // Any memory of zeros that is large enough.
    var memory = tpc_crypto_hash()
    withUnsafeMutableBytes(of: &memory) { memory in
      guard let block = memory.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
      key.withUnsafeBufferPointer { key in
        if key.count > KeyedHash.blockBytes {
          SHA256_Init(&inner)
          KeyedHash.end(&inner, key, block)
        } else if let start = key.baseAddress {
          memcpy(block, start, key.count)
        }
      }
      KeyedHash.begin(&inner, block, 0x36)
      KeyedHash.begin(&outer, block, 0x36 ^ 0x5C)
    }
  }

  @inline(never)
  private static func begin(_ hash: inout tpc_crypto_hash, _ block: UnsafeMutablePointer<UInt8>, _ bits: UInt8) {
    for index in 0..<blockBytes { block[index] ^= bits }
    SHA256_Init(&hash)
    SHA256_Update(&hash, block, blockBytes)
  }

  /// Writes the 32 bytes of a text's digest.
  func digest(_ text: Bytes, into digest: UnsafeMutablePointer<UInt8>) {
    var (first, second) = (inner, outer)
    KeyedHash.end(&first, text, digest)
    KeyedHash.end(&second, Bytes(start: digest, count: KeyedHash.digestBytes), digest)
  }

  @inline(never)
  private static func end(_ hash: inout tpc_crypto_hash, _ text: Bytes, _ digest: UnsafeMutablePointer<UInt8>) {
    SHA256_Update(&hash, text.baseAddress, text.count)
    SHA256_Final(digest, &hash)
  }
}
