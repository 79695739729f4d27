// SPDX-License-Identifier: Apache-2.0

import CTPCCrypto
import TPCCore

/// The first 128 bits of SHA-256, by libcrypto; for one text after another.
final class LineDigest {
  private let context = EVP_MD_CTX_new()
  private let algorithm = EVP_sha256()
  private let digest = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(EVP_MAX_MD_SIZE))

  deinit {
    EVP_MD_CTX_free(context)
    digest.deallocate()
  }

  /// Begins a text. libcrypto keeps what it needs from the text before.
  func begin() { EVP_DigestInit_ex(context, algorithm, nil) }

  func add(_ text: Bytes) { EVP_DigestUpdate(context, text.baseAddress, text.count) }

  func add(_ text: StaticString) { add(text.bytes) }

  /// Ends the text.
  func finish() -> (high: UInt64, low: UInt64) {
    EVP_DigestFinal_ex(context, digest, nil)
    let bits = UnsafeRawPointer(digest)
    return (
      UInt64(bigEndian: bits.loadUnaligned(as: UInt64.self)), UInt64(bigEndian: bits.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    )
  }
}
