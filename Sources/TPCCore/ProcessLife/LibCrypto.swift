// SPDX-License-Identifier: Apache-2.0

import CCurl

/// What signatures need of OpenSSL's libcrypto. It is the one that libcurl uses, found with libcurl itself: the symbols are weak, so
/// another TLS library makes them absent and adds no dependency. A handle of dlopen could be of a second copy, as in a Node.js that
/// has its own OpenSSL, of which `CurlSetup` knows nothing.
///
/// A thread of the host's that is inside OpenSSL is what a sender is there: a lock that it holds while another thread forks stays
/// taken in the child, and OpenSSL's exit handler would free what it uses. So it passes the same gate, and rather does without an
/// answer than enter it while the process forks or exits.
enum LibCrypto {
  static var isThere: Bool { tpc_curl_has_crypto() != 0 }

  /// Appends the SHA-256 of a text; `false` if it could not be computed.
  @inline(never)
  static func hash(_ text: Bytes, into hash: inout ByteBuffer) -> Bool {
    guard hash.reserve(32), let end = hash.base.map({ $0 + hash.count }), enter() else { return false }
    defer { CurlGate.leaveBeforeThreadEnd() }
    guard tpc_curl_sha256(text.baseAddress, text.count, end) != 0 else { return false }
    hash.commit(32)
    return true
  }

  /// Whether an Ed25519 signature is that of a key; nil if that could not be found out.
  @inline(never)
  static func verifies(_ signature: Bytes, _ text: Bytes, key: Bytes) -> Bool? {
    guard signature.count == 64, key.count == 32, enter() else { return nil }
    let result = tpc_curl_verify_ed25519(key.baseAddress, signature.baseAddress, text.baseAddress, text.count)
    CurlGate.leaveBeforeThreadEnd()
    return result == 1 ? true : result == 0 ? false : nil
  }

  private static func enter() -> Bool { CurlGate.enterUnlessExiting(insists: false) }
}
