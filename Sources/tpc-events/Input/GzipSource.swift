// SPDX-License-Identifier: Apache-2.0

import CTPCZlib

/// What a gzip file holds: all its members, one after another (RFC 1952, 2.2).
final class GzipSource: InflatedSource {
  private enum State {
    case inMember
    /// At the end of a member, which zeros may follow to fill a block of a tape.
    case betweenMembers
    /// Whether there was one byte that begins a member.
    case afterFirstByte
    case ended
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private var state = State.inMember
  private let hasBegun: Bool

  override init(_ file: ByteSource) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    hasBegun = tpc_zlib_begin(stream) == Z_OK
    super.init(file)
  }

  deinit {
    if hasBegun { inflateEnd(stream) }
    stream.deallocate()
  }

  override func read(_ target: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> Piece {
    guard hasBegun else { return .damaged("cannot be inflated: memory ran out") }
    while true {
      if case .ended = state { return .end }
      if input.isEmpty, let stop = refill() {
        guard case .end = stop else { return stop }
        return end()
      }
      switch state {
      case .inMember:
        if let piece = inflate(target, capacity) { return piece }
      case .betweenMembers:
        let byte = input[0]
        if byte == 0x1F {
          state = .afterFirstByte
        } else if byte != 0 {
          state = .ended
          return endBeforeGarbage()
        }
        use(1)
      case .afterFirstByte:
        guard input[0] == 0x8B, begin() else {
          state = .ended
          return endBeforeGarbage()
        }
        state = .inMember
      case .ended: return .end
      }
    }
  }

  /// Begins the next member, whose first byte is used already.
  private func begin() -> Bool {
    guard inflateReset(stream) == Z_OK else { return false }
    var first: UInt8 = 0x1F
    return withUnsafeMutablePointer(to: &first) { first in
      stream.pointee.next_in = first
      stream.pointee.avail_in = 1
      stream.pointee.avail_out = 0
      let result = CTPCZlib.inflate(stream, Z_NO_FLUSH)
      return result == Z_OK || result == Z_BUF_ERROR
    }
  }

  private func inflate(_ target: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> Piece? {
    let given = input.count
    stream.pointee.next_in = input.baseAddress
    stream.pointee.avail_in = UInt32(given)
    stream.pointee.next_out = target
    stream.pointee.avail_out = UInt32(min(capacity, Int(Int32.max)))
    let room = stream.pointee.avail_out
    let result = CTPCZlib.inflate(stream, Z_NO_FLUSH)
    use(given - Int(stream.pointee.avail_in))
    if result == Z_STREAM_END { state = .betweenMembers }
    guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else { return .damaged(InflatedSource.damage) }
    let count = Int(room - stream.pointee.avail_out)
    return count > 0 ? .bytes(count) : nil
  }

  private func end() -> Piece {
    switch state {
    case .inMember: return .damaged(InflatedSource.cutOff)
    case .afterFirstByte:
      state = .ended
      return endBeforeGarbage()
    case .betweenMembers, .ended: return .end
    }
  }
}
