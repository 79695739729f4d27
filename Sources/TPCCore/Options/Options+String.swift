// SPDX-License-Identifier: Apache-2.0

// Not in the library for C: strings bring much of Swift's own library with them.
#if !hasFeature(Embedded)

/// The same call with Swift's strings, for Swift programs.
extension Options {
  public mutating func set(_ option: Option, _ value: String) throws(Failure) {
    try withUTF8(value) { bytes throws(Failure) in try set(option, bytes) }
  }
}

#endif
