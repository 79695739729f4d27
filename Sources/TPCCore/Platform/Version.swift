// SPDX-License-Identifier: Apache-2.0

/// The library's version; tpc.h and the Makefile say the same, and a test holds them together.
public enum Version {
  public static let text: StaticString = "0.1.0"
  /// major * 1000000 + minor * 1000 + patch.
  public static let number: UInt32 = 1000
}
