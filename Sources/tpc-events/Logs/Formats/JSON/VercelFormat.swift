// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Vercel's log drains: each message that a function logs is an entry of its own, with the same request in it.
final class VercelFormat: JSONFormat {
  /// Hashes of the requests that were read, each at the index that it has in its last bits: a request's entries are close together.
  private var seen = [UInt64](repeating: 0, count: 1 << 14)

  override func isRequest(_ values: MemberValues) -> Bool {
    guard super.isRequest(values) else { return false }
    // The platform itself renewed a page in the background, or the answer is not known yet.
    let status = values[.status]
    guard !status.isEmpty, !status.matches("-1") else { return false }
    let id = values[.requestID]
    return id.isEmpty || isFirst(of: id)
  }

  private func isFirst(of id: Bytes) -> Bool {
    // FNV-1a.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in id { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let at = Int(hash & UInt64(seen.count - 1))
    if seen[at] == hash { return false }
    seen[at] = hash
    return true
  }
}
