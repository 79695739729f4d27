// SPDX-License-Identifier: Apache-2.0

// Left out of the C library: strings pull in much of Swift's standard library.
#if !hasFeature(Embedded)

/// Calls `body` with the UTF-8 bytes of a string, valid only during the call. Copies nothing if the string is Swift's own.
package func withUTF8Bytes(_ text: String, _ body: (Bytes) throws(Failure) -> Void) throws(Failure) {
  var text = text
  let result = text.withUTF8 { bytes -> Result<Void, Failure> in
    do throws(Failure) {
      try body(bytes)
      return .success(())
    } catch {
      return .failure(error)
    }
  }
  try result.get()
}

#endif
