// SPDX-License-Identifier: Apache-2.0

import CTPCCurl

/// Signatures of Ed25519 (RFC 8032), by the libcrypto that libcurl uses; only where `LibCrypto.hasEd25519` is true and libcurl is set
/// up.
///
/// A thread of the host's that is inside OpenSSL is what a sender is there: a lock that it holds while another thread forks stays
/// taken in the child, and OpenSSL's exit handler would free what it uses. So it passes the same gate, and rather does without an
/// answer than enter it while the process forks or exits.
enum Ed25519 {
  /// Whether a signature is that of a key; nil if that could not be found out.
  @inline(never)
  static func verifies(_ signature: Bytes, _ text: Bytes, key: Bytes) -> Bool? {
    guard signature.count == 64, key.count == 32, CurlGate.enterUnlessExiting(insists: false) else { return nil }
    let result = tpc_crypto_verify_ed25519(key.baseAddress, signature.baseAddress, text.baseAddress, text.count)
    CurlGate.leaveBeforeThreadEnd()
    return result == 1 ? true : result == 0 ? false : nil
  }
}
