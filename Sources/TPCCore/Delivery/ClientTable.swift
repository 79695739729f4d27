// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import Synchronization

/// The clients that C programs hold, as tokens of a slot and a generation. A token is never dereferenced, so a closed, stale or
/// invented one is only a number that fits no slot.
///
/// A call holds its slot for as long as it lasts, in one atomic word with the generation; `close` makes the slot refuse
/// newcomers, lets those inside end, and gives the slot to the next generation.
public enum ClientTable {
  public static let capacity = 1024

  private struct Slot: ~Copyable {
    /// generation (32 bits) | open (1 bit) | calls inside (31 bits)
    let word = Atomic<UInt64>(0)
    /// Of the fork generation in which the count of calls is valid: a child has none of its parent's threads.
    let forks = Atomic<UInt32>(0)
    /// Set while the slot is open, before anybody can come in.
    var client: Unmanaged<Client>?
    /// Whether `shared` hands it out.
    var isShared = false
  }

  private static let openBit: UInt64 = 1 << 31
  private static let countMask: UInt64 = openBit - 1
  /// The slots' address, once the first client was placed. Neither this nor the handler at exit is a `static let` of what it
  /// takes to make: a child would wait for ever for the thread of its parent's that was making it.
  private static let address = Atomic<UInt>(0)
  private static let deliversAtExit = Atomic<Bool>(false)
  private static let lock = ForkSafeLock()

  private static var slots: UnsafeMutablePointer<Slot>? { UnsafeMutablePointer(bitPattern: address.load(ordering: .acquiring)) }

  // MARK: Opening

  /// Puts a client into a free slot and returns its token, never 0.
  @export(interface)
  public static func open(_ options: Options) throws(Failure) -> UInt {
    let client = try make(options)
    lock.lock()
    defer { lock.unlock() }
    return try place(client, isShared: false)
  }

  /// The process's one client of the options' name; made by the first call.
  @export(interface)
  public static func shared(_ options: Options) throws(Failure) -> UInt {
    let name = options.text(.name)
    lock.lock()
    if let token = find(name) {
      lock.unlock()
      return token
    }
    lock.unlock()
    // Made without the lock: it may read files. Of two that race, the first to be placed stays.
    let client = try make(options)
    lock.lock()
    defer { lock.unlock() }
    if let token = find(name) { return token }
    return try place(client, isShared: true)
  }

  private static func make(_ options: Options) throws(Failure) -> Client {
    let client = try Client(options)
    if client.configuration.sends && client.configuration.exitTimeout > 0 { registerExit() }
    return client
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
      let word = slots[index].word.load(ordering: .acquiring)
      guard word & openBit != 0, let client = slots[index].client else { continue }
      if client._withUnsafeGuaranteedRef({ $0.configuration.name == name }) { return token(index, word >> 32) }
    }
    return nil
  }

  /// With the lock held.
  private static func place(_ client: Client, isShared: Bool) throws(Failure) -> UInt {
    guard let slots = slots ?? makeSlots() else { throw .outOfMemory }
    for index in 0..<capacity where slots[index].client == nil {
      forgetParentsCalls(slots + index)
      slots[index].client = Unmanaged.passRetained(client)
      slots[index].isShared = isShared
      // Added and not stored: a call with a stale token may be counted in the word, and will take itself out of it again.
      let word = slots[index].word.wrappingAdd(1 << 32 | openBit, ordering: .acquiringAndReleasing).newValue
      return token(index, word >> 32)
    }
    throw Failure(.system, "1,024 clients are open, which is as many as one process may have")
  }

  private static func token(_ index: Int, _ generation: UInt64) -> UInt {
    UInt(truncatingIfNeeded: generation) &<< 11 | UInt(index &+ 1)
  }

  // MARK: Using

  /// The slot of a token that is open, held until `leave`; nil for any other.
  @inline(__always)
  private static func enter(_ token: UInt) -> UnsafeMutablePointer<Slot>? {
    guard let slot = slot(token) else { return nil }
    if slot.pointee.forks.load(ordering: .acquiring) != ForkDetector.generation { forget(slot) }
    let word = slot.pointee.word.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
    if word & openBit != 0, isOf(token, word) { return slot }
    leave(slot)
    return nil
  }

  @inline(__always)
  private static func leave(_ slot: UnsafeMutablePointer<Slot>) {
    slot.pointee.word.wrappingSubtract(1, ordering: .acquiringAndReleasing)
  }

  private static func slot(_ token: UInt) -> UnsafeMutablePointer<Slot>? {
    let index = Int(token & 0x7FF) - 1
    guard let slots, index >= 0, index < capacity else { return nil }
    return slots + index
  }

  private static func isOf(_ token: UInt, _ word: UInt64) -> Bool {
    token &>> 11 == UInt(truncatingIfNeeded: word >> 32) & (UInt.max &>> 11)
  }

  private static func forget(_ slot: UnsafeMutablePointer<Slot>) {
    lock.lock()
    defer { lock.unlock() }
    forgetParentsCalls(slot)
  }

  /// With the lock held. In a forked child the calls that were inside are the parent's.
  private static func forgetParentsCalls(_ slot: UnsafeMutablePointer<Slot>) {
    let now = ForkDetector.generation
    guard slot.pointee.forks.load(ordering: .acquiring) != now else { return }
    let word = slot.pointee.word.load(ordering: .acquiring)
    slot.pointee.word.store(word & ~countMask, ordering: .releasing)
    slot.pointee.forks.store(now, ordering: .releasing)
  }

  /// Calls `body` with the client of a token, which stays until it returns. Fails with `closed` for any other number.
  @inline(__always)
  public static func with<Result>(
    _ token: UInt, _ body: (Client) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let slot = enter(token) else { throw Delivery.closed }
    defer { leave(slot) }
    guard let client = slot.pointee.client else { throw Delivery.closed }
    return try body(client.takeUnretainedValue())
  }

  // MARK: Closing

  /// Closes a client and frees its slot. Returns how many events were not delivered because of it.
  @export(interface)
  public static func close(_ token: UInt, timeoutMilliseconds: Int) throws(Failure) -> Int {
    guard let slot = enter(token) else { throw Delivery.closed }
    // Of several threads that close at once, one does; for the others the token is closed already.
    let before = slot.pointee.word.bitwiseAnd(~openBit, ordering: .acquiringAndReleasing).oldValue
    guard before & openBit != 0, let client = slot.pointee.client else {
      leave(slot)
      throw Delivery.closed
    }
    let left = client.takeUnretainedValue().close(timeoutMilliseconds: timeoutMilliseconds)
    leave(slot)
    // Those inside were woken by the client's close; they have a few steps to go.
    while slot.pointee.word.load(ordering: .acquiring) & countMask != 0 { sched_yield() }
    lock.lock()
    slot.pointee.client = nil
    slot.pointee.isShared = false
    lock.unlock()
    client.release()
    return left
  }

  // MARK: Exit

  /// Once a process, behind the first client: the handler of libcurl's gate is registered by then, and so it runs after this one.
  private static func registerExit() {
    lock.lock()
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
      let word = slots[index].word.load(ordering: .acquiring)
      guard word & openBit != 0 else { continue }
      // Closed meanwhile by another thread: there is nothing left to deliver.
      try? with(token(index, word >> 32)) { client throws(Failure) in client.deliverAtExit(from: start) }
    }
  }
}
