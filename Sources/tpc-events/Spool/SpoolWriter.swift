// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// `send --spool DIR`: a client that only writes.
struct SpoolWriter {
  let client: Client
  private let path: [UInt8]

  init(_ arguments: Arguments) throws(UsageError) {
    path = [UInt8](arguments.value(.spool) ?? Bytes(""))
    guard !path.isEmpty else { throw UsageError("--spool: found nothing; expected a folder") }
    do throws(Failure) {
      client = try Client(spooling: arguments.options.spooling(in: path))
    } catch {
      throw UsageError(error.field + [UInt8](": ") + error.message)
    }
  }

  /// Becomes the user of a spool that exists. After the files of the command line were opened, which may be root's alone.
  func becomeUser() throws(UsageError) {
    // The library refuses anything that is not a folder.
    if let folder = try? SpoolFolder.spool(path) { try SpoolUser.become(folder) }
  }
}

extension Options {
  /// The options with this spool.
  func spooling(in path: [UInt8]) throws(Failure) -> Options {
    var options = self
    let absolute = SpoolFolder.absolute(path)
    var failure: Failure?
    absolute.withUnsafeBufferPointer { path in
      do throws(Failure) { try options.set(.spoolDirectory, path) } catch { failure = error }
    }
    if let failure { throw failure }
    return options
  }
}
