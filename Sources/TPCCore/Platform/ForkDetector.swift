// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Synchronization

/// Tells a forked child from its parent without a system call: one page of memory is marked `MADV_WIPEONFORK`, so the kernel
/// hands a child a zeroed one (madvise(2), Linux 4.14). Where the mark is refused, `pthread_atfork` zeroes it.
///
/// Why not getpid: it is a system call, dearer than building a whole event. Why not a language's own hook: uWSGI and others
/// fork in C.
enum ForkDetector {
  private static let wiped: UInt32 = 0
  private static let changing: UInt32 = 1
  private static let settled: UInt32 = 2

  private struct Page: ~Copyable { let word = Atomic<UInt32>(0) }

  /// The page's address once there is one; `refused` when there was no memory for it. Not a `static let` of the page itself: a
  /// child would wait for ever for the thread of its parent's that was making it.
  private static let address = Atomic<UInt>(0)
  private static let refused: UInt = 1
  private static let forks = Atomic<UInt32>(1)

  /// How many forks deep this process is, counted from the first use in its ancestor. To be called on the way into every
  /// public function: what belongs to another generation is the parent's and must not be touched.
  @inline(__always)
  static var generation: UInt32 {
    if let page, page.pointee.word.load(ordering: .acquiring) != settled { settle(page) }
    return forks.load(ordering: .acquiring)
  }

  /// Nil when there is no memory for a page: forks then go unnoticed, as they would without this library's care.
  @inline(__always)
  private static var page: UnsafeMutablePointer<Page>? {
    let known = address.load(ordering: .acquiring)
    return UnsafeMutablePointer(bitPattern: known > refused ? known : place())
  }

  /// The first use. Of several threads that come here at once, one places its page, and all take that one. Returns 0 for none.
  @inline(never)
  private static func place() -> UInt {
    guard address.load(ordering: .acquiring) != refused else { return 0 }
    let size = Int(sysconf(Int32(_SC_PAGESIZE)))
    let page = map(size)
    let made = page.map { UInt(bitPattern: $0) } ?? refused
    let (won, first) = address.compareExchange(expected: 0, desired: made, ordering: .acquiringAndReleasing)
    if !won, let page { munmap(page, size) }
    let placed = won ? made : first
    return placed == refused ? 0 : placed
  }

  /// The first thread of a child to come here counts the fork; the others wait for it, a few instructions long.
  private static func settle(_ page: UnsafeMutablePointer<Page>) {
    let (won, _) = page.pointee.word.compareExchange(expected: wiped, desired: changing, ordering: .acquiringAndReleasing)
    if won {
      forks.wrappingAdd(1, ordering: .acquiringAndReleasing)
      page.pointee.word.store(settled, ordering: .releasing)
    } else {
      while page.pointee.word.load(ordering: .acquiring) == changing { sched_yield() }
    }
  }

  private static func map(_ size: Int) -> UnsafeMutablePointer<Page>? {
    guard size > 0, let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != tpc_posix_map_failed
    else { return nil }
    let page = memory.bindMemory(to: Page.self, capacity: 1)
    page.initialize(to: Page())
    page.pointee.word.store(settled, ordering: .releasing)
    if madvise(memory, size, Int32(MADV_WIPEONFORK)) != 0 {
      pthread_atfork(nil, nil) { ForkDetector.wipe() }
    }
    return page
  }

  /// In a child, where the kernel does not do it.
  private static func wipe() {
    let known = address.load(ordering: .acquiring)
    guard known > refused, let page = UnsafeMutablePointer<Page>(bitPattern: known) else { return }
    page.pointee.word.store(wiped, ordering: .releasing)
  }
}

/// A lock for rare, short work that a fork cannot leave locked: a holder of another generation no longer exists, so its hold
/// counts for nothing.
struct ForkSafeLock: ~Copyable {
  private let holder = Atomic<UInt32>(0)

  borrowing func lock() {
    let mine = ForkDetector.generation
    while true {
      let current = holder.load(ordering: .relaxed)
      if current != mine {
        let (taken, _) = holder.compareExchange(expected: current, desired: mine, ordering: .acquiringAndReleasing)
        if taken { return }
      }
      sched_yield()
    }
  }

  borrowing func unlock() { holder.store(0, ordering: .releasing) }
}
