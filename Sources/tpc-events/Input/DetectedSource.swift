// SPDX-License-Identifier: Apache-2.0

/// The bytes of a file that may be compressed: its first bytes decide. They are read, and perhaps waited for, with the first read.
final class DetectedSource: ByteSource {
  let file: DescriptorSource
  private let begun: BegunSource
  private var inner: ByteSource?

  init(_ descriptor: Int32, _ wait: InputWait) {
    file = DescriptorSource(descriptor, wait)
    begun = BegunSource(file)
  }

  override var notice: StaticString? { inner?.notice }
  override var consumed: Int { inner?.consumed ?? 0 }
  override var isPlain: Bool { inner?.isPlain ?? true }

  override func read(_ target: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> Piece {
    if let inner { return inner.read(target, capacity) }
    if let stop = begun.begin() { return stop }
    let made: ByteSource =
      switch begun.compression {
      case .gzip: GzipSource(begun)
      case .zstd: ZstdSource(begun)
      case .none: begun
      }
    inner = made
    return made.read(target, capacity)
  }
}

/// How a file is compressed, by its first bytes.
enum Compression {
  case none, gzip, zstd

  private static let magics: [(kind: Compression, bytes: [UInt8])] = [(.gzip, [0x1F, 0x8B, 0x08]), (.zstd, [0x28, 0xB5, 0x2F, 0xFD])]
  /// The most bytes that are needed to tell.
  static let magicBytes = 4

  /// Nil when more bytes are needed to tell.
  static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> Compression? {
    var mayCome = false
    for magic in magics {
      var same = 0
      while same < min(bytes.count, magic.bytes.count), bytes[same] == magic.bytes[same] { same += 1 }
      if same == magic.bytes.count { return magic.kind }
      if same == bytes.count { mayCome = true }
    }
    return mayCome ? nil : Compression.none
  }
}

/// A file whose first bytes were looked at already.
private final class BegunSource: ByteSource {
  private let file: ByteSource
  private var first: InlineArray<4, UInt8> = [0, 0, 0, 0]
  private var count = 0
  private var used = 0
  private(set) var compression = Compression.none

  init(_ file: ByteSource) { self.file = file }

  override var consumed: Int { file.consumed - (count - used) }

  /// Reads as many bytes as tell the compression. Returns what keeps it from that.
  func begin() -> Piece? {
    while true {
      let found = withUnsafeBytes(of: &first) { Compression.of(UnsafeBufferPointer(rebasing: $0.assumingMemoryBound(to: UInt8.self)[..<count])) }
      if let found {
        compression = found
        return nil
      }
      let piece = withUnsafeMutableBytes(of: &first) { memory in
        file.read(memory.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self) + count, Compression.magicBytes - count)
      }
      switch piece {
      case .bytes(let more): count += more
      case .end: return nil
      default: return piece
      }
    }
  }

  override func read(_ target: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> Piece {
    guard used < count else { return file.read(target, capacity) }
    let given = min(capacity, count - used)
    for index in 0..<given { target[index] = first[used + index] }
    used += given
    return .bytes(given)
  }
}
