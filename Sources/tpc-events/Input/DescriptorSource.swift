// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The bytes of a file, a pipe or a terminal.
final class DescriptorSource: ByteSource {
  let descriptor: Int32
  let isRegular: Bool
  /// The number of bytes from where the descriptor is now to the file's end, when that is known.
  let size: Int?
  private let wait: InputWait
  private var bytesRead = 0

  init(_ descriptor: Int32, _ wait: InputWait) {
    self.descriptor = descriptor
    self.wait = wait
    var status = stat()
    isRegular = fstat(descriptor, &status) == 0 && tpc_posix_is_regular(&status) != 0
    let offset = isRegular ? Int(lseek(descriptor, 0, SEEK_CUR)) : 0
    size = isRegular ? max(0, Int(status.st_size) - max(0, offset)) : nil
  }

  override var consumed: Int { bytesRead }

  override func read(_ target: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> Piece {
    while true {
      guard isRegular ? wait.whileWaiting() : waitForInput() else { return .stopped }
      let count = CTPCPOSIX.read(descriptor, target, capacity)
      if count > 0 {
        bytesRead += count
        return .bytes(count)
      }
      if count == 0 { return .end }
      let error = tpc_posix_errno()
      if error != EINTR && error != EAGAIN { return .failed(error) }
    }
  }

  private func waitForInput() -> Bool {
    while true {
      guard wait.whileWaiting() else { return false }
      var descriptors = (
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: wait.wakeDescriptor, events: Int16(POLLIN), revents: 0)
      )
      let ready = withUnsafeMutablePointer(to: &descriptors) {
        $0.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, InputWait.intervalMilliseconds) }
      }
      if ready > 0 && descriptors.0.revents != 0 { return true }
    }
  }
}
