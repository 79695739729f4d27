// SPDX-License-Identifier: Apache-2.0

// Left out of the C library: strings pull in much of Swift's standard library.
#if !hasFeature(Embedded)

/// Setting options from Swift strings, for Swift programs.
extension Options {
  package mutating func set(_ option: Option, _ value: String) throws(Failure) {
    try withUTF8Bytes(value) { bytes throws(Failure) in try set(option, bytes) }
  }
}

#endif
