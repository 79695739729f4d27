// SPDX-License-Identifier: Apache-2.0

/// The library's version. `make version` writes it, from the file VERSION: SwiftPM compiles this file as it is.
package enum Version {
  package static let text: StaticString = "0.1.0"
  /// major * 1000000 + minor * 1000 + patch.
  package static let number: UInt32 = 1000
}
