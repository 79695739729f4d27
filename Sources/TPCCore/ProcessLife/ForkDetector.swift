// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Synchronization

/// Tells a forked child from its parent without a system call, by two signs, either of which is enough:
///
/// - one page of memory is marked `MADV_WIPEONFORK`, so the kernel hands a child a zeroed one (madvise(2), Linux 4.14), however it
///   was forked;
/// - a handler of `pthread_atfork` zeroes it where the kernel has not: emulators of a kernel (qemu-user, gVisor) say yes to the
///   mark and do nothing.
///
/// So the one fork that goes unnoticed is a `clone` or `_Fork` past the C library's `fork` under an emulator. Why not getpid: it
/// is a system call, dearer than building a whole event. Why not a language's own hook: uWSGI and others fork in C.
enum ForkDetector {
  private static let wiped: UInt32 = 0

  /// Holds the generation that was counted last; `wiped` in a child where nobody has looked yet.
  private struct Page: ~Copyable { let word = Atomic<UInt32>(wiped) }

  /// The page's address once there is one; `refused` when there was no memory for it. Not a `static let` of the page itself: a
  /// child would wait for ever for the thread of its parent's that was making it.
  private static let address = Atomic<UInt>(0)
  private static let refused: UInt = 1
  /// The generation counted last, where a fork leaves it as it is.
  private static let counted = Atomic<UInt32>(1)
  /// What the page held when a fork began.
  private static let forking = Atomic<UInt32>(wiped)

  /// How many forks deep this process is, counted from the first use in its ancestor. To be called on the way into every
  /// public function: what belongs to another generation is the parent's and must not be touched.
  @inline(__always)
  static var generation: UInt32 {
    let known = counted.load(ordering: .acquiring)
    if let page, page.pointee.word.load(ordering: .acquiring) != known { return count(page) }
    return known
  }

  /// Nil when there is no memory for a page: forks then go unnoticed, as they would without this library's care.
  @inline(__always)
  private static var page: UnsafeMutablePointer<Page>? {
    let known = address.load(ordering: .acquiring)
    return UnsafeMutablePointer(bitPattern: known > refused ? known : place())
  }

  /// In a child: counts the fork, once. Whoever comes first decides, and everybody carries it to its end: nobody waits for
  /// another thread, which a signal handler that interrupted that very thread would do for ever.
  @inline(never)
  private static func count(_ page: UnsafeMutablePointer<Page>) -> UInt32 {
    let next = counted.load(ordering: .acquiring) &+ 1
    let (isFirst, seen) = page.pointee.word.compareExchange(
      expected: wiped, desired: next, ordering: .acquiringAndReleasing)
    let current = isFirst ? next : seen
    _ = counted.compareExchange(expected: current &- 1, desired: current, ordering: .acquiringAndReleasing)
    return current
  }

  // MARK: The page

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

  private static func map(_ size: Int) -> UnsafeMutablePointer<Page>? {
    guard size > 0, let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != tpc_posix_map_failed
    else { return nil }
    let page = memory.bindMemory(to: Page.self, capacity: 1)
    page.initialize(to: Page())
    page.pointee.word.store(counted.load(ordering: .acquiring), ordering: .releasing)
    // Before the page is in use: a fork that comes in between finds none in its child.
    pthread_atfork({ ForkDetector.prepare() }, nil, { ForkDetector.wipe() })
    madvise(memory, size, Int32(MADV_WIPEONFORK))
    return page
  }

  private static var placed: UnsafeMutablePointer<Page>? {
    let known = address.load(ordering: .acquiring)
    return known > refused ? UnsafeMutablePointer(bitPattern: known) : nil
  }

  private static func prepare() { forking.store(generation, ordering: .releasing) }

  /// In a child, unless the kernel has done it. Another handler of the host's may have run before and used this library: what is
  /// counted stays so.
  private static func wipe() {
    guard let placed else { return }
    _ = placed.pointee.word.compareExchange(
      expected: forking.load(ordering: .acquiring), desired: wiped, ordering: .acquiringAndReleasing)
  }
}
