// SPDX-License-Identifier: Apache-2.0

// Left out of the C library: strings pull in much of Swift's standard library.
#if !hasFeature(Embedded)

/// Setters that take Swift strings, for Swift programs.
extension PageVisit {
  package mutating func set(_ field: Field, _ value: String) throws(Failure) {
    try withUTF8Bytes(value) { bytes throws(Failure) in try set(field, bytes) }
  }

  package mutating func setProperty(_ key: String, _ value: String) throws(Failure) {
    try withUTF8Bytes(key) { key throws(Failure) in
      try withUTF8Bytes(value) { value throws(Failure) in try setProperty(key, value) }
    }
  }

  package mutating func setProperty(_ key: String, _ value: Double) throws(Failure) {
    try withUTF8Bytes(key) { key throws(Failure) in try setProperty(key, value) }
  }

  package mutating func setProperty(_ key: String, _ value: Int) throws(Failure) {
    try withUTF8Bytes(key) { key throws(Failure) in try setProperty(key, Int64(value)) }
  }

  package mutating func setProperty(_ key: String, _ value: Bool) throws(Failure) {
    try withUTF8Bytes(key) { key throws(Failure) in try setProperty(key, value) }
  }

  package mutating func setNullProperty(_ key: String) throws(Failure) {
    try withUTF8Bytes(key) { key throws(Failure) in try setNullProperty(key) }
  }
}

#endif
