// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

extension UnsafeBufferPointer where Element == UInt8 {
  /// Views a C string, without its NUL.
  init(cString: UnsafePointer<CChar>) {
    self.init(start: UnsafeRawPointer(cString).assumingMemoryBound(to: UInt8.self), count: strlen(cString))
  }

  init(cString: UnsafeMutablePointer<CChar>) { self.init(cString: UnsafePointer(cString)) }
}

extension Array where Element == UInt8 {
  init(_ literal: StaticString) { self.init(literal.bytes) }
}
