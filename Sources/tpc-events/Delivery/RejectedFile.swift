// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// The file of `--rejected FILE`, with one row for each line that was not delivered: line number, JSON pointer or code, reason
/// and the line itself, separated by tabs, so that `cut -f4-` restores the input.
final class RejectedFile {
  private let output: Output
  private let path: Bytes

  /// `flag` is the one that names the file.
  init(_ path: Bytes, _ flag: Flag = .rejected, besides lines: InputLines? = nil) throws(UsageError) {
    self.path = path
    // Emptied only when it is known not to be the input.
    let descriptor = Input.open(path, flags: O_WRONLY | O_CREAT | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannot("open", path, error: tpc_posix_errno()) }
    guard lines?.isRead(descriptor) != true else {
      throw UsageError(flag: Bytes(flag.name), [UInt8]("found the file that is read; expected another one"))
    }
    var status = stat()
    // A pipe or a terminal has no length to cut.
    if fstat(descriptor, &status) == 0, tpc_posix_is_regular(&status) != 0, ftruncate(descriptor, 0) != 0 {
      throw .cannot("empty", path, error: tpc_posix_errno())
    }
    output = Output(descriptor: descriptor)
  }

  /// The file is part of the reason where there are several.
  func write(_ place: LinePlace, pointer: Bytes, reason: Bytes, text: Bytes) {
    output.put(place.number)
    output.put("\t")
    output.put(printable: pointer)
    output.put("\t")
    if !place.file.isEmpty {
      output.put(printable: place.file)
      output.put(": ")
    }
    output.put(printable: reason)
    output.put("\t")
    output.put(text)
    output.put("\n")
  }

  /// A line that is no event.
  func write(_ place: LinePlace, reason: Bytes, text: Bytes) {
    output.put(place.number)
    output.put("\t")
    if !place.file.isEmpty {
      output.put(printable: place.file)
      output.put(": ")
    }
    output.put(printable: reason)
    output.put("\t")
    output.put(text)
    output.put("\n")
  }

  func finish() throws(UsageError) {
    output.flush()
    if output.isBroken { throw .cannot("write", path, error: tpc_posix_errno()) }
  }
}
