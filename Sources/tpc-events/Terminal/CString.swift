// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import TPCCore

extension UnsafeBufferPointer where Element == UInt8 {
  /// A C string, without its NUL.
  init(text: UnsafePointer<CChar>) {
    self.init(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text))
  }

  init(text: UnsafeMutablePointer<CChar>) { self.init(text: UnsafePointer(text)) }
}

extension Array where Element == UInt8 {
  init(_ literal: StaticString) { self.init(literal.bytes) }
}
