// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Memory as the system hands it out.
enum Pages {
  /// A power of two.
  static var size: Int { max(4096, sysconf(Int32(_SC_PAGESIZE))) }

  /// Has the system give the pages of a range now, in one call: the fault that each page is otherwise costs whoever meets it
  /// some microseconds. Where it does not know how (Linux before 5.14), they come one by one later.
  static func populate(_ start: UnsafeMutableRawPointer, _ count: Int) {
    let before = Int(bitPattern: start) & (size &- 1)
    let errno = tpc_posix_errno()
    madvise(start - before, count &+ before, tpc_posix_populate)
    tpc_posix_set_errno(errno)
  }

  /// Gives the system back the pages that lie whole within a range; they read as zeros afterwards.
  static func release(_ start: UnsafeMutableRawPointer, _ count: Int) {
    let mask = size &- 1
    let first = (Int(bitPattern: start) &+ mask) & ~mask
    let end = (Int(bitPattern: start) &+ count) & ~mask
    guard end > first else { return }
    let errno = tpc_posix_errno()
    madvise(UnsafeMutableRawPointer(bitPattern: first), end &- first, Int32(MADV_DONTNEED))
    tpc_posix_set_errno(errno)
  }
}
