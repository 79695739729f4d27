// SPDX-License-Identifier: Apache-2.0

import CTPCCurl

/// OpenSSL's libcrypto, as far as libcurl brings it. Its functions are weak symbols (`crypto_shim.h`), which the system's
/// linker has found when the library was loaded, or not: nothing is opened, and nothing is looked up later.
enum LibCrypto {
  /// Fails with `invalidOption` when the function that an option needs is not there.
  @inline(never)
  static func require(_ isThere: Bool, for option: StaticString) throws(Failure) {
    if isThere { return }
    throw Failure(
      .invalidOption, field: option, "needs OpenSSL's libcrypto, 1.1.1 or later, and libcurl does not bring it; expected a libcurl that uses OpenSSL")
  }

  static var hasSHA256: Bool { tpc_crypto_has_sha256() != 0 }

  static var hasEd25519: Bool { hasSHA256 && tpc_crypto_has_ed25519() != 0 }

  /// Appends the SHA-256 of a text; only where `hasSHA256` is true. `false` when memory ran out.
  @inline(never)
  static func hash(_ text: Bytes, into hash: inout ByteBuffer) -> Bool {
    guard hash.reserve(32), let end = hash.base.map({ $0 + hash.count }) else { return false }
    var context = tpc_crypto_hash()
    SHA256_Init(&context)
    SHA256_Update(&context, text.baseAddress, text.count)
    SHA256_Final(end, &context)
    hash.commit(32)
    return true
  }
}
