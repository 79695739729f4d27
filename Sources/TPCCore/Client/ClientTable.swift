// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Synchronization

/// The clients that C programs hold, as tokens of a slot and a generation. A token is never dereferenced, so a closed, stale or
/// invented one is only a number that fits no slot.
///
/// A call holds its client for as long as it lasts, in one atomic word (`ClientWord`). `close` makes the slot refuse newcomers;
/// whoever leaves it last gives the client up. So close waits for no other caller.
public enum ClientTable {
  public static let capacity = 1024

  struct Slot: ~Copyable {
    /// A `ClientWord`.
    let word = Atomic<UInt64>(0)
    /// Calls of signal handlers, which the calls that they interrupted will end: see `closeWithinCall`.
    let deferred = Atomic<Int>(0)
    /// Set while the slot is open, before anybody can come in.
    var client: Unmanaged<Client>?
    /// Whether `shared` hands it out.
    var isShared = false
  }

  /// One that is inside, in the process that it was counted in.
  struct Call {
    let slot: UnsafeMutablePointer<Slot>
    let forks: UInt32
  }

  /// The slots' address, once the first client was placed. Neither this nor the handler at exit is a `static let` of what it
  /// takes to make: a child would wait for ever for the thread of its parent's that was making it.
  private static let address = Atomic<UInt>(0)
  private static let deliversAtExit = Atomic<Bool>(false)
  private static let lock = ForkSafeLock()

  static var slots: UnsafeMutablePointer<Slot>? { UnsafeMutablePointer(bitPattern: address.load(ordering: .acquiring)) }

  // MARK: Opening

  /// Puts a client into a free slot and returns its token, never 0.
  @export(interface)
  public static func open(_ options: Options) throws(Failure) -> UInt { try place(make(options), isShared: false) }

  /// The process's one client of the options' name; made by the first call.
  @export(interface)
  public static func shared(_ options: Options) throws(Failure) -> UInt {
    let name = options.text(.name)
    try lockTable()
    let known = find(name)
    lock.unlock()
    if let known { return known }
    // Made without the lock: it may read files. Of two that race, the first to be placed stays.
    return try place(make(options), isShared: true)
  }

  private static func make(_ options: Options) throws(Failure) -> Client {
    let client = try Client(options)
    if client.configuration.sends && client.configuration.exitTimeoutMilliseconds > 0 { registerExit() }
    return client
  }

  private static func lockTable() throws(Failure) {
    guard lock.lock() else { throw Failure(.system, "another thread holds the table of clients and does not get on") }
  }

  /// With the lock held. Nil when there is no memory.
  private static func makeSlots() -> UnsafeMutablePointer<Slot>? {
    guard let memory = calloc(capacity, MemoryLayout<Slot>.stride) else { return nil }
    let slots = memory.bindMemory(to: Slot.self, capacity: capacity)
    for index in 0..<capacity { (slots + index).initialize(to: Slot()) }
    address.store(UInt(bitPattern: slots), ordering: .releasing)
    return slots
  }

  /// With the lock held.
  private static func find(_ name: [UInt8]) -> UInt? {
    guard let slots else { return nil }
    for index in 0..<capacity where slots[index].isShared {
      let word = ClientWord(slots[index].word.load(ordering: .acquiring))
      guard word.isOpen, let client = slots[index].client else { continue }
      if client._withUnsafeGuaranteedRef({ $0.configuration.name == name }) { return token(index, word) }
    }
    return nil
  }

  private static func place(_ client: Client, isShared: Bool) throws(Failure) -> UInt {
    try lockTable()
    if isShared, let known = find(client.configuration.name) {
      lock.unlock()
      return known
    }
    guard let slots = slots ?? makeSlots() else {
      lock.unlock()
      throw .outOfMemory
    }
    let forks = ForkDetector.generation
    for index in 0..<capacity {
      let word = ClientWord(slots[index].word.load(ordering: .acquiring))
      guard word.isFree(forks) else { continue }
      // There still is one where a fork took away whoever held it last.
      let former = slots[index].client
      slots[index].client = Unmanaged.passRetained(client)
      slots[index].isShared = isShared
      let opened = word.opened(forks)
      slots[index].word.store(opened.bits, ordering: .releasing)
      lock.unlock()
      former?.release()
      return token(index, opened)
    }
    lock.unlock()
    throw Failure(.system, "1,024 clients are open, which is as many as one process may have")
  }

  static func token(_ index: Int, _ word: ClientWord) -> UInt {
    UInt(truncatingIfNeeded: word.generation) &<< 11 | UInt(index &+ 1)
  }

  // MARK: Using

  /// Comes in with a token that is open; nil for any other, which changes nothing.
  @inline(__always)
  static func enter(_ token: UInt) -> Call? {
    guard let slot = slot(token) else { return nil }
    let forks = ForkDetector.generation
    var current = slot.pointee.word.load(ordering: .relaxed)
    while true {
      let word = ClientWord(current)
      guard isOf(token, word), let entered = word.entered(forks) else { return nil }
      let (isDone, seen) = slot.pointee.word.compareExchange(
        expected: current, desired: entered.bits, ordering: .acquiringAndReleasing)
      if isDone { return Call(slot: slot, forks: forks) }
      current = seen
    }
  }

  /// Goes out again. The last one to leave a closed client gives it up.
  @inline(__always)
  static func leave(_ call: Call) {
    var current = call.slot.pointee.word.load(ordering: .relaxed)
    while true {
      guard let word = ClientWord(current).left(call.forks) else { return }
      let (isDone, seen) = call.slot.pointee.word.compareExchange(
        expected: current, desired: word.bits, ordering: .acquiringAndReleasing)
      if isDone {
        if word.isFree(call.forks) { giveUp(call.slot) }
        return
      }
      current = seen
    }
  }

  private static func slot(_ token: UInt) -> UnsafeMutablePointer<Slot>? {
    let index = Int(token & 0x7FF) - 1
    guard let slots, index >= 0, index < capacity else { return nil }
    return slots + index
  }

  @inline(__always)
  private static func isOf(_ token: UInt, _ word: ClientWord) -> Bool {
    token &>> 11 == UInt(truncatingIfNeeded: word.generation) & (UInt.max &>> 11)
  }

  /// Calls `body` with the client of a token, which stays until it returns. Fails with `closed` for any other number.
  @inline(__always)
  public static func with<Result>(
    _ token: UInt, _ body: (Client) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let call = enter(token) else { throw .closed }
    defer { leave(call) }
    guard let client = call.slot.pointee.client else { throw .closed }
    return try body(client.takeUnretainedValue())
  }

  // MARK: Closing

  /// Closes a client. Returns how many events were not delivered because of it.
  @export(interface)
  public static func close(_ token: UInt, timeoutMilliseconds: Int) throws(Failure) -> Leftover {
    guard let call = enter(token) else { throw .closed }
    defer { leave(call) }
    guard shut(call), let client = call.slot.pointee.client else { throw .closed }
    return client.takeUnretainedValue().leftover(ofClose: timeoutMilliseconds)
  }

  /// Of several threads that close at once, one does; for the others the token is closed already.
  static func shut(_ call: Call) -> Bool {
    var current = call.slot.pointee.word.load(ordering: .relaxed)
    while ClientWord(current).isOpen {
      let (isDone, seen) = call.slot.pointee.word.compareExchange(
        expected: current, desired: ClientWord(current).closed().bits, ordering: .acquiringAndReleasing)
      if isDone { return true }
      current = seen
    }
    return false
  }

  /// Frees the slot of a closed client that nobody holds. Another may have taken it over meanwhile, and closed its own.
  @inline(never)
  private static func giveUp(_ slot: UnsafeMutablePointer<Slot>) {
    HostThread.undisturbed {
      // The next client to be opened takes over what is left here.
      guard lock.lock() else { return }
      let isFree = ClientWord(slot.pointee.word.load(ordering: .acquiring)).isFree(ForkDetector.generation)
      let client = isFree ? slot.pointee.client : nil
      if isFree {
        slot.pointee.client = nil
        slot.pointee.isShared = false
      }
      lock.unlock()
      client?.release()
    }
  }

  // MARK: Exit

  /// Once a process, behind the first client: the handler of libcurl's gate is registered by then, and so it runs after this one.
  private static func registerExit() {
    guard lock.lock() else { return }
    defer { lock.unlock() }
    guard !deliversAtExit.load(ordering: .relaxed) else { return }
    deliversAtExit.store(CurlGate.atExit { ClientTable.deliverAtExit() }, ordering: .relaxed)
  }

  private static func deliverAtExit() {
    let saved = tpc_posix_errno()
    defer { tpc_posix_set_errno(saved) }
    guard let slots else { return }
    let start = Clock.monotonic()
    for index in 0..<capacity {
      let word = ClientWord(slots[index].word.load(ordering: .acquiring))
      guard word.isOpen else { continue }
      // Closed meanwhile by another thread: there is nothing left to deliver.
      try? with(token(index, word)) { client throws(Failure) in client.deliverAtExit(from: start) }
    }
  }
}
