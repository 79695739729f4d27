// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The process's environment. A program that runs with more rights than the user who started it (set-user-ID, set-group-ID, file
/// capabilities) has none: that user could choose whom it trusts with its key.
enum Environment {
  /// Nil when the variable is unset or empty. Valid until somebody changes the environment.
  static func value(_ name: [UInt8]) -> Bytes? { look(name) { tpc_posix_secure_getenv($0) } }

  /// Whether the variable is set, and not for this program: `value` is nil.
  static func isWithheld(_ name: [UInt8]) -> Bool { value(name) == nil && look(name) { getenv($0) } != nil }

  private static func look(_ name: [UInt8], _ find: (UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>?) -> Bytes? {
    let pointer = (name + [0]).withUnsafeBufferPointer { terminated in
      terminated.withMemoryRebound(to: CChar.self) { $0.baseAddress.flatMap { find($0) } }
    }
    guard let pointer else { return nil }
    let length = strlen(pointer)
    guard length > 0 else { return nil }
    return Bytes(start: UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self), count: length)
  }
}
