// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The system's memory pages.
enum Pages {
  /// A page's size in bytes, a power of two.
  static var size: Int { max(4096, sysconf(Int32(_SC_PAGESIZE))) }

  /// Asks the system for the pages of a range now, in one call. Otherwise each page costs a page fault of some
  /// microseconds when it is first used. On systems without this call (Linux before 5.14), that is what happens.
  static func populate(_ start: UnsafeMutableRawPointer, _ count: Int) {
    let before = Int(bitPattern: start) & (size &- 1)
    let errno = tpc_posix_errno()
    madvise(start - before, count &+ before, tpc_posix_populate)
    tpc_posix_set_errno(errno)
  }

  /// Returns to the system the pages that lie entirely within a range. They read as zeros afterwards.
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
