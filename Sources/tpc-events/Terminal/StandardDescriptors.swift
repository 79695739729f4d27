// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The descriptors 0 to 2, which whoever starts the process may have closed. The next file or socket would get such a number, and
/// then be read as the input, or be written to by messages.
enum StandardDescriptors {
  /// Puts /dev/null at each number that is closed, for the direction in which it is not used: reading standard input, and writing
  /// to the other two, fails as if they were closed.
  static func fill() {
    for number: Int32 in 0...2 where tpc_posix_is_open(number) == 0 {
      let path: StaticString = "/dev/null"
      _ = path.utf8Start.withMemoryRebound(to: CChar.self, capacity: 10) { tpc_posix_open($0, number == 0 ? O_WRONLY : O_RDONLY, 0) }
    }
  }
}
