// SPDX-License-Identifier: Apache-2.0

import CPOSIX

/// Reads the API key from the file that `api_key_file` names: a secret that a container or a service manager mounts.
/// Errors never show what the file holds.
enum KeyFile {
  /// The options with the key of their file, if they name one. Fails if both the key and its file are set.
  static func resolve(_ options: Options) throws(Failure) -> Options {
    guard options.isSet(.apiKeyFile) else { return options }
    guard !options.isSet(.apiKey) else { throw failure("is set beside api_key; expected one of them") }
    let content = try read(options.text(.apiKeyFile))
    var key = content.bytes
    // The line's end.
    if key.last == UInt8(ascii: "\n") { key = key.part(0, key.count &- 1) }
    if key.last == UInt8(ascii: "\r") { key = key.part(0, key.count &- 1) }
    guard !key.isEmpty else { throw failure("names an empty file; expected the API key in it") }
    var resolved = options
    try resolved.setKey(key, of: .apiKeyFile)
    return resolved
  }

  @inline(never)
  private static func read(_ path: [UInt8]) throws(Failure) -> ByteBuffer {
    // One byte more than a key and its line's end may have.
    let capacity = Options.maximumBytes + 3
    var content = ByteBuffer()
    guard content.reserve(capacity), let base = content.base else { throw .outOfMemory }
    let path = TransportSettings.terminated(path)
    var error: Int32 = 0
    let descriptor = StandardStreams.avoid {
      // Opening a pipe must not wait for its other end.
      let opened = tpc_posix_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0)
      error = tpc_posix_errno()
      return opened
    }
    guard descriptor >= 0 else { throw unreadable(error) }
    defer { close(descriptor) }
    guard tpc_posix_is_file(descriptor) != 0 else { throw failure("names something other than a file; expected a file with the API key") }
    while content.count < capacity {
      let length = CPOSIX.read(descriptor, base + content.count, capacity - content.count)
      guard length >= 0 else { throw unreadable(tpc_posix_errno()) }
      if length == 0 { break }
      content.commit(length)
    }
    return content
  }

  private static func unreadable(_ error: Int32) -> Failure {
    let isMissing = error == ENOENT || error == ENOTDIR
    return failure(
      isMissing
        ? "names a file that does not exist; expected a file with the API key"
        : "names a file that this process cannot read; expected a file with the API key")
  }

  @inline(never)
  private static func failure(_ message: StaticString) -> Failure { Failure(.invalidOption, field: "api_key_file", message) }
}
