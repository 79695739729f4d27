// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Synchronization

/// The clients of C programs, which hold them as tokens made of a slot and a generation. A token is never dereferenced,
/// so a closed, stale or invented one is just a number that matches no slot.
///
/// A call holds its client while it lasts, by one atomic word (`ClientWord`). `close` makes the slot refuse new calls,
/// and the last call to leave releases the client. So close does not wait for other callers.
package enum ClientTable {
  package static let capacity = 1024

  struct Slot: ~Copyable {
    /// A `ClientWord`.
    let word = Atomic<UInt64>(0)
    /// The number of calls made by signal handlers that the calls they interrupted must finish: see `closeWithinCall`.
    let deferred = Atomic<Int>(0)
    /// Set before the slot opens, so before any call can enter.
    var client: Unmanaged<Client>?
    /// Whether `shared` may return it.
    var isShared = false
  }

  /// A call that has entered, with the process in which it was counted.
  struct Call {
    let slot: UnsafeMutablePointer<Slot>
    let forks: UInt32
  }

  /// The slots' address, once there has been a client. Neither this nor the exit handler is initialized as a `static
  /// let`: a child would wait forever for the parent's thread that was initializing it.
  private static let address = Atomic<UInt>(0)
  private static let deliversAtExit = Atomic<Bool>(false)
  private static let lock = ForkSafeLock()

  static var slots: UnsafeMutablePointer<Slot>? { UnsafeMutablePointer(bitPattern: address.load(ordering: .acquiring)) }

  // MARK: Opening

  /// Makes a client in a free slot and returns its token, which is never 0.
  @export(interface)
  package static func open(_ options: Options) throws(Failure) -> UInt { try install(make(options), isShared: false) }

  /// The process's only client with the options' name, made by the first call. Without a name, the first shared client without one
  /// that has none of the options otherwise.
  @export(interface)
  package static func shared(_ options: Options) throws(Failure) -> UInt {
    try lockTable()
    let known = find(options)
    lock.unlock()
    if let known {
      if options.isSet(.name) { try? use(known) { client throws(Failure) in client.logDifference(from: options) } }
      return known
    }
    // Made without the lock, because it may read files. If two threads race, the first to be installed stays.
    return try install(make(options), isShared: true)
  }

  private static func make(_ options: Options) throws(Failure) -> Client {
    let client = try Client(options)
    if client.configuration.sends && client.configuration.exitTimeoutMilliseconds > 0 { registerExit() }
    return client
  }

  private static func lockTable() throws(Failure) {
    guard lock.lock() else { throw Failure(.system, "another thread holds the table of clients and makes no progress") }
  }

  /// Allocates the slots. Nil when memory ran out. Called with the lock held.
  private static func makeSlots() -> UnsafeMutablePointer<Slot>? {
    guard let memory = calloc(capacity, MemoryLayout<Slot>.stride) else { return nil }
    let slots = memory.bindMemory(to: Slot.self, capacity: capacity)
    for index in 0..<capacity { (slots + index).initialize(to: Slot()) }
    address.store(UInt(bitPattern: slots), ordering: .releasing)
    return slots
  }

  /// The token of the shared client for these options; nil if there is none. Called with the lock held.
  private static func find(_ options: Options) -> UInt? {
    guard let slots else { return nil }
    let isNamed = options.isSet(.name)
    for index in 0..<capacity where slots[index].isShared {
      let word = ClientWord(slots[index].word.load(ordering: .acquiring))
      guard word.isOpen, let client = slots[index].client else { continue }
      let isFound = client._withUnsafeGuaranteedRef {
        let known = $0.configuration.options
        return known.hasSame(.name, options) && (isNamed || options.difference(from: known) == nil)
      }
      if isFound { return token(index, word) }
    }
    return nil
  }

  private static func install(_ client: Client, isShared: Bool) throws(Failure) -> UInt {
    try lockTable()
    if isShared, let known = find(client.configuration.options) {
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
      // Not nil if a fork took away the thread that held it last.
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
    throw Failure(.system, "1,024 clients are open, the maximum for one process")
  }

  static func token(_ index: Int, _ word: ClientWord) -> UInt {
    UInt(truncatingIfNeeded: word.generation) &<< 11 | UInt(index &+ 1)
  }

  // MARK: Using

  /// Enters with an open token; for any other, returns nil and changes nothing. `change` is made to the word in the same step.
  @inline(__always)
  static func enter(_ token: UInt, and change: (ClientWord) -> ClientWord = { $0 }) -> Call? {
    guard let slot = slot(token) else { return nil }
    let forks = ForkDetector.generation
    var current = slot.pointee.word.load(ordering: .relaxed)
    while true {
      let word = ClientWord(current)
      guard isOf(token, word), let entered = word.entered(forks) else { return nil }
      let (isDone, seen) = slot.pointee.word.compareExchange(
        expected: current, desired: change(entered).bits, ordering: .acquiringAndReleasing)
      if isDone { return Call(slot: slot, forks: forks) }
      current = seen
    }
  }

  /// Leaves. The last call to leave a closed client releases it.
  @inline(__always)
  static func leave(_ call: Call) {
    var current = call.slot.pointee.word.load(ordering: .relaxed)
    while true {
      guard let word = ClientWord(current).left(call.forks) else { return }
      let (isDone, seen) = call.slot.pointee.word.compareExchange(
        expected: current, desired: word.bits, ordering: .acquiringAndReleasing)
      if isDone {
        if word.isFree(call.forks) { vacate(call.slot) }
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

  /// Calls `body` with the client of a token, which exists until `body` returns. Fails with `closed` for any other
  /// number.
  @inline(__always)
  package static func with<Result>(
    _ token: UInt, _ body: (Client) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let call = enter(token) else { throw .closed }
    defer { leave(call) }
    guard let client = call.slot.pointee.client else { throw .closed }
    return try body(client.takeUnretainedValue())
  }

  /// `with` for calls that are not made for each event: its code exists once.
  @export(interface)
  package static func use(_ token: UInt, _ body: (Client) throws(Failure) -> Void) throws(Failure) {
    try hold(enter(token)) { _, client throws(Failure) in try body(client) }
  }

  @inline(never)
  private static func hold(_ call: Call?, _ body: (Call, Client) throws(Failure) -> Void) throws(Failure) {
    guard let call else { throw .closed }
    defer { leave(call) }
    guard let client = call.slot.pointee.client else { throw .closed }
    try body(call, client.takeUnretainedValue())
  }

  // MARK: Closing

  /// Closes a client. Returns how many events were not delivered because of it.
  @export(interface)
  package static func close(_ token: UInt, timeoutMilliseconds: Int) throws(Failure) -> Leftover {
    var left = Leftover(0)
    try hold(enterLast(token)) { _, client throws(Failure) in left = client.leftover(ofClose: timeoutMilliseconds) }
    return left
  }

  /// Closes a client without waiting. Its sender holds the slot until it has delivered what is pending.
  @export(interface)
  package static func release(_ token: UInt) throws(Failure) {
    // One more call, the sender's: it may leave before this one does.
    try hold(enterLast(token, adding: 1)) { call, client throws(Failure) in
      if !client.release(holding: call) { leave(call) }
    }
  }

  /// Enters and closes the slot, with some more calls inside. If several threads close at once, one enters; for the others, the
  /// token is closed already.
  @inline(never)
  static func enterLast(_ token: UInt, adding calls: UInt64 = 0) -> Call? { enter(token) { $0.closed(adding: calls) } }

  /// Frees the slot of a closed client that no call holds. In the meantime, another client may have taken over the
  /// slot, and closed.
  @inline(never)
  private static func vacate(_ slot: UnsafeMutablePointer<Slot>) {
    HostThread.undisturbed {
      // Without the lock, the next client in this slot takes over what is left here.
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

  /// Registers the exit handler, once per process, after the first client: by then the handler of libcurl's gate is
  /// registered, so it runs after this one.
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
      // Fails if another thread has just closed or released it.
      let isOpen = word.isOpen && (try? use(token(index, word)) { client throws(Failure) in client.deliverAtExit(from: start) }) != nil
      if !isOpen { released(slots + index)?.deliverAtExit(from: start) }
    }
  }

  /// The client of a slot that is closed but still held, as by the sender of a released one. Whoever leaves last frees the client
  /// under the lock.
  private static func released(_ slot: UnsafeMutablePointer<Slot>) -> Client? {
    func isHeld() -> Bool {
      let word = ClientWord(slot.pointee.word.load(ordering: .acquiring))
      return !word.isOpen && word.calls(ForkDetector.generation) > 0
    }
    guard isHeld(), lock.lock() else { return nil }
    defer { lock.unlock() }
    return isHeld() ? slot.pointee.client?.takeUnretainedValue() : nil
  }
}
