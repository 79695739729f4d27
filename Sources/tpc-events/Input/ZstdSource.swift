// SPDX-License-Identifier: Apache-2.0

import CTPCZstd

/// What a zstd file holds: all its frames, one after another (RFC 8878, 3).
final class ZstdSource: InflatedSource {
  private let stream: OpaquePointer?
  /// The bytes of the frame that were used; 0 between two frames.
  private var frameBytes = 0
  private var frames = 0
  private var isEnded = false

  /// A frame's magic number has four.
  private static let magicBytes = 4

  override init(_ file: ByteSource) {
    stream = ZSTD_createDStream()
    super.init(file)
  }

  deinit { ZSTD_freeDStream(stream) }

  override func read(_ target: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> Piece {
    guard let stream else { return .damaged("cannot be inflated: memory ran out") }
    while !isEnded {
      // What it holds back of a full target comes without more input.
      var output = ZSTD_outBuffer(dst: target, size: capacity, pos: 0)
      if input.isEmpty, !holdsBack, let stop = refill() {
        guard case .end = stop else { return stop }
        if frameBytes == 0 { return .end }
        isEnded = frames > 0 && frameBytes <= ZstdSource.magicBytes
        return isEnded ? endBeforeGarbage() : .damaged(InflatedSource.cutOff)
      }
      var given = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
      let result = ZSTD_decompressStream(stream, &output, &given)
      if ZSTD_isError(result) != 0 {
        isEnded = frames > 0 && frameBytes <= ZstdSource.magicBytes
        return isEnded ? endBeforeGarbage() : .damaged(InflatedSource.damage)
      }
      use(given.pos)
      frameBytes += given.pos
      holdsBack = result != 0 && output.pos == output.size
      if result == 0 {
        frames += 1
        frameBytes = 0
      }
      if output.pos > 0 { return .bytes(output.pos) }
    }
    return .end
  }

  private var holdsBack = false
}
