// SPDX-License-Identifier: Apache-2.0

// Not in the library for C: strings bring much of Swift's own library with them.
#if !hasFeature(Embedded)

/// The same calls with Swift's strings, for Swift programs.
extension PageVisit {
  public mutating func set(_ field: Field, _ value: String) throws(Failure) {
    try withUTF8(value) { bytes throws(Failure) in try set(field, bytes) }
  }

  public mutating func setProperty(_ key: String, _ value: String) throws(Failure) {
    try withUTF8(key) { key throws(Failure) in
      try withUTF8(value) { value throws(Failure) in try setProperty(key, value) }
    }
  }

  public mutating func setProperty(_ key: String, _ value: Double) throws(Failure) {
    try withUTF8(key) { key throws(Failure) in try setProperty(key, value) }
  }

  public mutating func setProperty(_ key: String, _ value: Int) throws(Failure) {
    try withUTF8(key) { key throws(Failure) in try setProperty(key, Int64(value)) }
  }

  public mutating func setProperty(_ key: String, _ value: Bool) throws(Failure) {
    try withUTF8(key) { key throws(Failure) in try setProperty(key, value) }
  }

  public mutating func setNullProperty(_ key: String) throws(Failure) {
    try withUTF8(key) { key throws(Failure) in try setNullProperty(key) }
  }
}

#endif
