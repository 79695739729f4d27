// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// Tells a forked child from its parent without a system call, by two signs, either of which is enough:
///
/// - one page of memory is marked `MADV_WIPEONFORK`, so the kernel gives every child a zeroed one (madvise(2), Linux
///   4.14), however it was forked;
/// - a `pthread_atfork` handler zeroes the page if the kernel has not: kernel emulators (qemu-user, gVisor) accept the
///   mark and do nothing.
///
/// The same handlers close and open `CurlGate`, which so knows of every fork that begins after the first use of the
/// library: the first client sets libcurl up only later.
///
/// So the only fork that goes unnoticed is a `clone` or `_Fork` that bypasses the C library's `fork` under an emulator.
/// Why not getpid: it is a system call, and costs more than building a whole event. Why not a language's own fork hook:
/// uWSGI and others fork in C.
enum ForkDetector {
  private static let wiped: UInt32 = 0

  /// The page. Its word is the current generation, or `wiped` in a child in which no thread has checked yet.
  private struct Page: ~Copyable { let word = Atomic<UInt32>(wiped) }

  /// The page's address: 0 at first, `refused` if there was no memory for it. The page itself is not a `static let`: a
  /// child would wait forever for the parent's thread that was initializing it.
  private static let address = Atomic<UInt>(0)
  private static let refused: UInt = 1
  /// The current generation, in ordinary memory that a fork copies unchanged.
  private static let counted = Atomic<UInt32>(1)
  /// The page's word when the fork began.
  private static let forking = Atomic<UInt32>(wiped)

  /// How many forks deep this process is, counted from the first use in its ancestor. Every public function checks it
  /// on entry: whatever belongs to another generation is the parent's and must not be touched.
  @inline(never)
  static var generation: UInt32 {
    let known = counted.load(ordering: .acquiring)
    if let page, page.pointee.word.load(ordering: .acquiring) != known { return count(page) }
    return known
  }

  /// Nil if there is no memory for a page or for its handlers: forks then go unnoticed, and libcurl is never set up.
  @inline(__always)
  private static var page: UnsafeMutablePointer<Page>? {
    let known = address.load(ordering: .acquiring)
    return UnsafeMutablePointer(bitPattern: known > refused ? known : makePage())
  }

  /// In a child: counts the fork, once. The first thread decides the new generation, and every thread carries the count
  /// through. No thread waits for another: a signal handler would wait forever for the thread that it interrupted.
  @inline(never)
  private static func count(_ page: UnsafeMutablePointer<Page>) -> UInt32 {
    let next = counted.load(ordering: .acquiring) &+ 1
    let (isFirst, seen) = page.pointee.word.compareExchange(
      expected: wiped, desired: next, ordering: .acquiringAndReleasing)
    let current = isFirst ? next : seen
    _ = counted.compareExchange(expected: current &- 1, desired: current, ordering: .acquiringAndReleasing)
    // The C library's handlers may not have run.
    if isFirst { LockedFiles.closeInherited() }
    return current
  }

  // MARK: The page

  /// Makes the page on first use. If several threads come here at once, one of them installs its page and all use that
  /// one. Returns 0 if there is none.
  @inline(never)
  private static func makePage() -> UInt {
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
    // Before the page is in use: if a fork comes in between, its child finds no page.
    guard registerHandlers() else {
      munmap(memory, size)
      return nil
    }
    madvise(memory, size, Int32(MADV_WIPEONFORK))
    return page
  }

  private static var placed: UnsafeMutablePointer<Page>? {
    let known = address.load(ordering: .acquiring)
    return known > refused ? UnsafeMutablePointer(bitPattern: known) : nil
  }

  private static func registerHandlers() -> Bool {
    pthread_atfork(
      {
        CurlGate.beginFork()
        LockedFiles.beginFork()
        ForkDetector.prepare()
      },
      {
        LockedFiles.endFork()
        CurlGate.endFork()
      },
      {
        ForkDetector.wipe()
        LockedFiles.endForkInChild()
        CurlGate.endForkInChild()
      }) == 0
  }

  /// Waits for a fork that began before the handlers were registered and so runs none of them. The C library holds a
  /// lock from a fork's last `prepare` handler to its end, and takes the same lock to register another, here one that
  /// does nothing. `false` if forks go unnoticed.
  static func outlastEarlierFork() -> Bool { page != nil && pthread_atfork(nil, nil, nil) == 0 }

  /// For a handler of the C library's: the same without making the page, which would register the handlers once more.
  /// In glibc before 2.36 that waits for the very fork that is under way.
  static var generationInHandler: UInt32 { placed == nil ? counted.load(ordering: .acquiring) : generation }

  private static func prepare() { forking.store(generationInHandler, ordering: .releasing) }

  /// Runs in a child, in case the kernel did not wipe the page. Another of the host's handlers may have run first and
  /// used this library: if the fork has been counted already, this changes nothing.
  private static func wipe() {
    guard let placed else { return }
    _ = placed.pointee.word.compareExchange(
      expected: forking.load(ordering: .acquiring), desired: wiped, ordering: .acquiringAndReleasing)
  }
}
