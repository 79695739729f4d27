// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// What tells this server from others, so that equal lines of two servers are two visits.
enum ServerOrigin {
  /// In hexadecimal: a digest of the machine's id and its host name, neither of which it shows.
  static func make() -> [UInt8] {
    var text = ByteBuffer()
    let file = Input.open(Bytes("/etc/machine-id"), flags: O_RDONLY | O_CLOEXEC)
    if file >= 0 {
      if text.reserve(nameBytes), let base = text.base { text.commit(max(0, tpc_posix_read_at(file, base, nameBytes, 0))) }
      close(file)
    }
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: nameBytes) { name in
      if let start = name.baseAddress, gethostname(start, nameBytes - 1) == 0 {
        name[nameBytes - 1] = 0
        _ = text.append(Bytes(cString: start))
      }
    }
    return TextDigest(of: text.bytes).hexadecimal
  }

  private static let nameBytes = 256
}
