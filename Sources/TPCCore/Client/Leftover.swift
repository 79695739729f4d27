// SPDX-License-Identifier: Apache-2.0

/// What a flush or a close left behind.
public struct Leftover {
  /// Events that are not answered for.
  public let count: Int
  /// `false` when the client's lock could not be had in time, since its holder does not get on: the call did not come to its end,
  /// and the count is the last one known.
  public let isExact: Bool

  init(_ count: Int, isExact: Bool = true) {
    self.count = count
    self.isExact = isExact
  }
}
