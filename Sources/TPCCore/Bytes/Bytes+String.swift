// SPDX-License-Identifier: Apache-2.0

// Not in the library for C: strings bring much of Swift's own library with them.
#if !hasFeature(Embedded)

/// The UTF-8 of a string for the length of a call.
func withUTF8(_ text: String, _ body: (Bytes) throws(Failure) -> Void) throws(Failure) {
  let bytes = Array(text.utf8)
  var result: Result<Void, Failure> = .success(())
  bytes.withUnsafeBufferPointer { view in
    do throws(Failure) { try body(view) } catch { result = .failure(error) }
  }
  try result.get()
}

#endif
