// SPDX-License-Identifier: Apache-2.0

/// Patterns for paths: the options `include_paths` and `exclude_paths`. `*` stands for any characters, slashes among them, and
/// everything else for itself.
struct PathPatterns {
  private let patterns: [[UInt8]]

  /// From a list separated by commas. Fails with `invalidOption` for a pattern that no path could fit.
  init(_ list: [UInt8], _ option: StaticString) throws(Failure) {
    patterns = OptionValue.list(list)
    for pattern in patterns where pattern.first != UInt8(ascii: "/") && pattern.first != UInt8(ascii: "*") {
      throw Failure(
        .invalidOption, field: option,
        "found a pattern that begins with neither / nor *; expected paths such as /blog/*, separated by commas")
    }
  }

  var isEmpty: Bool { patterns.isEmpty }

  func match(_ path: Bytes) -> Bool {
    patterns.contains { pattern in pattern.withUnsafeBufferPointer { PathPatterns.fits(path, $0) } }
  }

  /// Goes back to the last star only: in the time of path times pattern at the worst, however many stars there are.
  private static func fits(_ path: Bytes, _ pattern: Bytes) -> Bool {
    var (at, place) = (0, 0)
    var star: (at: Int, place: Int)?
    while at < path.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = (at, place)
        place &+= 1
      } else if place < pattern.count, pattern[place] == path[at] {
        at &+= 1
        place &+= 1
      } else if let last = star {
        star = (last.at &+ 1, last.place)
        (at, place) = (last.at &+ 1, last.place &+ 1)
      } else {
        return false
      }
    }
    return pattern.tail(place).allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
