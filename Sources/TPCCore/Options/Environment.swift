// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Reads the process's environment. For a program that runs with more rights than the user who started it (set-user-ID,
/// set-group-ID, file capabilities), it is empty: that user could otherwise choose whom the program trusts with its
/// key.
enum Environment {
  /// The variable's value; nil if it is unset or empty. Valid until the environment changes.
  static func value(_ name: [UInt8]) -> Bytes? { look(name) { tpc_posix_secure_getenv($0) } }

  /// The same for a name that ends with a NUL, as a literal does.
  static func value(terminated name: UnsafePointer<UInt8>) -> Bytes? {
    text(tpc_posix_secure_getenv(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)))
  }

  /// Whether the variable is set but withheld from this program: `value` is nil.
  static func isWithheld(_ name: [UInt8]) -> Bool { value(name) == nil && look(name) { getenv($0) } != nil }

  private static func look(_ name: [UInt8], _ find: (UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>?) -> Bytes? {
    let pointer = (name + [0]).withUnsafeBufferPointer { terminated in
      terminated.withMemoryRebound(to: CChar.self) { $0.baseAddress.flatMap { find($0) } }
    }
    return text(pointer)
  }

  @inline(never)
  private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> Bytes? {
    guard let pointer else { return nil }
    let length = strlen(pointer)
    guard length > 0 else { return nil }
    return Bytes(start: UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self), count: length)
  }
}
