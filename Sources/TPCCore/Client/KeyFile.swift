// SPDX-License-Identifier: Apache-2.0

/// Reads the API key from the file that `api_key_file` names: a secret that a container or a service manager mounts.
/// Errors never show what the file holds.
enum KeyFile {
  /// The options with the key of their file, if they name one. Fails if both the key and its file are set.
  static func resolve(_ options: Options) throws(Failure) -> Options {
    guard options.isSet(.apiKeyFile) else { return options }
    guard !options.isSet(.apiKey) else { throw failure("is set beside api_key; expected one of them") }
    let content = try read(options.text(.apiKeyFile))
    var key = content.bytes.withoutMark()
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
    var content = ByteBuffer()
    // A key and its line's end; a longer one is refused as an option's value.
    switch HostFile.read(path, maximumBytes: Options.maximumBytes + 2, into: &content) {
    case .read, .tooLarge: return content
    case .missing: throw failure("names a file that does not exist; expected a file with the API key")
    case .unreadable: throw failure("names a file that this process cannot read; expected a file with the API key")
    case .notAFile: throw failure("names something other than a file; expected a file with the API key")
    case .outOfMemory: throw .outOfMemory
    }
  }

  @inline(never)
  private static func failure(_ message: StaticString) -> Failure { Failure(.invalidOption, field: "api_key_file", message) }
}
