// SPDX-License-Identifier: Apache-2.0

import CPOSIX
import TPCCore

/// `--rejected FILE`: what was not delivered, a line each, with tabs between: line number, JSON pointer or code, reason, and
/// the line itself, so that `cut -f4-` gives back the input.
final class RejectedFile {
  private let output: Output
  private let path: Bytes

  init(_ path: Bytes, besides input: Input) throws(UsageError) {
    self.path = path
    // Not emptied before it is known to be another file than the one that is to be read.
    let descriptor = Input.open(path, O_WRONLY | O_CREAT | O_CLOEXEC)
    guard descriptor >= 0 else { throw UsageError.file("open", path, tpc_posix_errno()) }
    guard !input.isSame(as: descriptor) else {
      throw UsageError("--rejected: found the file that is read; expected another one")
    }
    var status = stat()
    // A pipe or a terminal has no length to cut.
    if fstat(descriptor, &status) == 0, tpc_posix_is_regular(&status) != 0, ftruncate(descriptor, 0) != 0 {
      throw UsageError.file("empty", path, tpc_posix_errno())
    }
    output = Output(descriptor: descriptor)
  }

  func write(_ number: Int, _ pointer: Bytes, _ reason: Bytes, _ line: Bytes) {
    output.put(number)
    output.put("\t")
    output.put(printable: pointer)
    output.put("\t")
    output.put(printable: reason)
    output.put("\t")
    output.put(line)
    output.put("\n")
  }

  func finish() throws(UsageError) {
    output.flush()
    if output.isBroken { throw UsageError.file("write", path, tpc_posix_errno()) }
  }
}
