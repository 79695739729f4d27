// SPDX-License-Identifier: Apache-2.0

import CCurl

/// OpenSSL's libcrypto, as far as libcurl brings it. Its functions are weak symbols (`crypto_shim.h`), which the system's
/// linker has found when the library was loaded, or not: nothing is opened, and nothing is looked up later.
enum LibCrypto {
  /// Fails with `invalidOption` when the function that an option needs is not there.
  @inline(never)
  static func require(_ isThere: Bool, for option: StaticString) throws(Failure) {
    if isThere { return }
    throw Failure(
      .invalidOption, field: option, "needs OpenSSL's libcrypto, and libcurl is built without it; expected a libcurl that uses OpenSSL")
  }

  static var hasSHA256: Bool { tpc_crypto_has_sha256() != 0 }
}
