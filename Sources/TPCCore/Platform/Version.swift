// SPDX-License-Identifier: Apache-2.0

/// The library's version. It is repeated in tpc.h and the Makefile; a test makes sure that they agree.
public enum Version {
  public static let text: StaticString = "0.1.0"
  /// major * 1000000 + minor * 1000 + patch.
  public static let number: UInt32 = 1000
}
