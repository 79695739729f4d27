// SPDX-License-Identifier: Apache-2.0

// Left out of the C library: strings pull in much of Swift's standard library.
#if !hasFeature(Embedded)

/// Calls `body` with the UTF-8 bytes of a string, valid only during the call.
func withUTF8Bytes(_ text: String, _ body: (Bytes) throws(Failure) -> Void) throws(Failure) {
  let bytes = Array(text.utf8)
  var result: Result<Void, Failure> = .success(())
  bytes.withUnsafeBufferPointer { view in
    do throws(Failure) { try body(view) } catch { result = .failure(error) }
  }
  try result.get()
}

#endif
