// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// The process's environment.
enum Environment {
  /// Nil when the variable is unset or empty. Valid until somebody changes the environment.
  static func value(_ name: [UInt8]) -> Bytes? {
    let pointer = (name + [0]).withUnsafeBufferPointer { terminated in
      terminated.withMemoryRebound(to: CChar.self) { $0.baseAddress.flatMap { getenv($0) } }
    }
    guard let pointer else { return nil }
    let length = strlen(pointer)
    guard length > 0 else { return nil }
    return Bytes(start: UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self), count: length)
  }
}
