// SPDX-License-Identifier: Apache-2.0

import CTPCKafka
import CTPCPOSIX
import TPCCore

/// `tpc-events replay - --confirm --line-ids`, which is given a batch as a transaction and answers when all of it is delivered. No
/// call here waits.
final class Child {
  enum State {
    /// It has not said yet that it is ready.
    case starting
    case idle
    /// It has a batch.
    case busy
    /// The batch is delivered.
    case answered
    /// It ended, or said something else than it should have.
    case broken
  }

  private(set) var state = State.starting
  private var process: pid_t = 0
  private var input: Int32 = -1
  private var output: Int32 = -1
  private var outgoing = ByteBuffer()
  private var written = 0
  private var incoming = ByteBuffer()
  /// How many lines of the batch, after its first mark, are not taken yet.
  private var untaken = 0
  private var isBegun = false

  init(program: UnsafePointer<CChar>, arguments: [UnsafeMutablePointer<CChar>?], environment: [UnsafeMutablePointer<CChar>?]) {
    let error = tpc_kafka_start(program, arguments, environment, &process, &input, &output)
    guard error != 0 else { return }
    Message("cannot start ").with(Bytes(cString: program)).with(": ").with(Bytes(cString: strerror(error))).write()
    state = .broken
  }

  deinit { closePipes() }

  /// Hands over a batch. `false` when memory ran out.
  func begin(_ batch: Batch) -> Bool {
    outgoing.truncate(to: 0)
    written = 0
    guard outgoing.append("BEGIN TRANSACTION\n"), let count = batch.appendLines(to: &outgoing), outgoing.append("COMMIT TRANSACTION\n")
    else { return false }
    untaken = count
    isBegun = false
    state = .busy
    return true
  }

  /// What to wait for.
  var descriptors: (input: pollfd, output: pollfd) {
    let isWriting = written < outgoing.count
    return (
      pollfd(fd: isWriting ? input : -1, events: Int16(POLLOUT), revents: 0), pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    )
  }

  /// Writes and reads what can be written and read now.
  func exchange() {
    while state != .broken, written < outgoing.count {
      let rest = outgoing.bytes.part(written, outgoing.count)
      let count = write(input, rest.baseAddress, rest.count)
      if count < 0 {
        if tpc_posix_errno() == EINTR { continue }
        if tpc_posix_errno() != EAGAIN { state = .broken }
        break
      }
      written += count
    }
    while state != .broken, incoming.reserve(4096) {
      let count = read(output, incoming.base.map { $0 + incoming.count }, 4096)
      if count < 0 && tpc_posix_errno() == EINTR { continue }
      if count < 0 && tpc_posix_errno() == EAGAIN { break }
      guard count > 0 else {
        state = .broken
        break
      }
      incoming.commit(count)
      takeAnswers()
    }
  }

  private func takeAnswers() {
    var start = 0
    let text = incoming.bytes
    guard let base = incoming.base else { return }
    while let newline = text[start...].firstIndex(of: 0x0A) {
      take(text.part(start, newline))
      start = newline + 1
    }
    let rest = text.count - start
    if rest > 0 { memmove(base, base + start, rest) }
    incoming.truncate(to: rest)
    // No answer is as long.
    if rest > 64 { state = .broken }
  }

  private func take(_ answer: Bytes) {
    let isOK = answer.matches("OK")
    switch state {
    case .starting where isOK: state = .idle
    case .busy where isOK && !isBegun: isBegun = true
    case .busy where isBegun && untaken > 0 && answer.matches("DEFER_COMMIT"): untaken -= 1
    case .busy where isOK && isBegun && untaken == 0: state = .answered
    default: state = .broken
    }
  }

  /// The batch's answer is known.
  func becomeIdle() { state = .idle }

  // MARK: The end

  /// Ends the child, which has some milliseconds for it. Returns its exit code; -1 when a signal ended it.
  func end(afterMilliseconds patience: Int) -> Int32 {
    closePipes()
    guard process > 0 else { return -1 }
    var status: Int32 = 0
    let deadline = nowMilliseconds() + patience
    while waitpid(process, &status, WNOHANG) == 0 {
      if nowMilliseconds() >= deadline {
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
        break
      }
      poll(nil, 0, 10)
    }
    process = 0
    return tpc_kafka_exit_code(status)
  }

  private func closePipes() {
    if input >= 0 { close(input) }
    if output >= 0 { close(output) }
    (input, output) = (-1, -1)
  }
}
