// SPDX-License-Identifier: Apache-2.0

/// What became of a record's event. One bit that flips in the file never turns `pending` into another state.
package enum RecordState: UInt8, BitwiseCopyable {
  case pending = 0x5A
  case delivered = 0xA1
  case rejected = 0xA2
  case expired = 0xA3
  case purged = 0xA4

  /// Anything unknown is pending: a damaged byte may send an event twice, but never loses it.
  @inline(__always)
  package init(byte: UInt8) { self = RecordState(rawValue: byte) ?? .pending }
}

/// The bytes before an event's JSON in a segment. Records begin at multiples of 8.
///
/// | at | bytes | |
/// |---|---|---|
/// | 0 | 4 | `TPCe` |
/// | 4 | 4 | CRC-32C of the salt, this header with magic, checksum and state as 0, and the body |
/// | 8 | 4 | length of the body |
/// | 12 | 1 | type; never 0 |
/// | 13 | 1 | state, changed in place |
/// | 14 | 2 | offset of the event's id in the body |
/// | 16 | 4 | sequence in the round |
/// | 20 | 2 + 2 | length of the id, 0 |
/// | 24 | 8 | boot clock when accepted |
/// | 32 | | the body |
package struct SegmentRecord: BitwiseCopyable {
  package static let headerSize = 32
  package static let stateOffset = 13
  package static let maximumLength = 1 << 20
  /// The type of a record with an event. Records of other types are for later versions.
  package static let event: UInt8 = 1
  private static let magic: UInt64 = 0x6543_5054  // TPCe
  /// Of the state in the header's second word.
  private static let stateShift: UInt64 = 40

  /// Of the body, in bytes.
  package var length: Int
  package var type: UInt8
  package var state: RecordState
  /// Where the event's id is in the body.
  package var idOffset: UInt16
  package var idLength: UInt16
  /// Counts the records of a round, from 0 on.
  package var sequence: UInt32
  package var acceptedBootMilliseconds: Int64

  package init(
    length: Int, type: UInt8 = event, state: RecordState = .pending, idOffset: UInt16, idLength: UInt16, sequence: UInt32,
    acceptedBootMilliseconds: Int64
  ) {
    self.length = length
    self.type = type
    self.state = state
    self.idOffset = idOffset
    self.idLength = idLength
    self.sequence = sequence
    self.acceptedBootMilliseconds = acceptedBootMilliseconds
  }

  /// The distance to where the next record begins. The bytes after the body need not be written.
  @inline(__always)
  package static func paddedSize(bodyLength: Int) -> Int { (headerSize &+ bodyLength &+ 7) & ~7 }

  /// Writes the `headerSize` bytes that belong before this body, which has `length` bytes.
  package func write(to target: UnsafeMutableRawPointer, body: Bytes, salt: UInt64) {
    var first = UInt64(UInt32(truncatingIfNeeded: length)) | UInt64(type) << 32
    first |= UInt64(state.rawValue) << Self.stateShift | UInt64(idOffset) << 48
    let second = UInt64(sequence) | UInt64(idLength) << 32
    let third = UInt64(bitPattern: acceptedBootMilliseconds)
    let sum = Self.checksum(salt, first, second, third, body)
    target.storeLittleEndian(Self.magic | UInt64(sum) << 32, 0)
    target.storeLittleEndian(first, 8)
    target.storeLittleEndian(second, 16)
    target.storeLittleEndian(third, 24)
  }

  /// The record at an offset of the file. Nil unless magic, bounds and checksum are right.
  package init?(_ file: Bytes, at offset: Int, salt: UInt64) {
    guard let length = Self.length(file, at: offset), let base = file.baseAddress else { return nil }
    let header = UnsafeRawPointer(base) + offset
    let first = header.littleEndian(8, UInt64.self)
    let second = header.littleEndian(16, UInt64.self)
    let third = header.littleEndian(24, UInt64.self)
    let body = Bytes(start: base + (offset &+ Self.headerSize), count: length)
    guard header.littleEndian(4, UInt32.self) == Self.checksum(salt, first, second, third, body) else { return nil }
    self.length = length
    type = UInt8(truncatingIfNeeded: first >> 32)
    state = RecordState(byte: UInt8(truncatingIfNeeded: first >> Self.stateShift))
    idOffset = UInt16(truncatingIfNeeded: first >> 48)
    sequence = UInt32(truncatingIfNeeded: second)
    idLength = UInt16(truncatingIfNeeded: second >> 32)
    acceptedBootMilliseconds = Int64(bitPattern: third)
  }

  /// The body's length, before the checksum is looked at. Nil where a record cannot begin. JSON never holds a byte that is 0, so
  /// within a body either the length is too large or, in its padding, the type is 0: a visitor's text costs no checksum.
  @inline(__always)
  static func length(_ file: Bytes, at offset: Int) -> Int? {
    guard let base = UnsafeRawPointer(file.baseAddress), offset >= 0, offset <= file.count &- headerSize,
      (base + offset).littleEndian(0, UInt32.self) == UInt32(magic)
    else { return nil }
    let length = Int((base + offset).littleEndian(8, UInt32.self))
    let type = base.load(fromByteOffset: offset &+ 12, as: UInt8.self)
    return length <= min(maximumLength, file.count &- headerSize &- offset) && type != 0 ? length : nil
  }

  /// The salt and the header come before the body.
  static let summedBeforeBody = 8 &+ headerSize

  private static func checksum(_ salt: UInt64, _ first: UInt64, _ second: UInt64, _ third: UInt64, _ body: Bytes) -> UInt32 {
    let stateless = first & ~(0xFF << stateShift)
    var head = (salt.littleEndian, UInt64(0), stateless.littleEndian, second.littleEndian, third.littleEndian)
    let sum = SegmentChecksum.add(SegmentChecksum.start, &head, summedBeforeBody)
    guard let base = body.baseAddress else { return sum }
    return SegmentChecksum.add(sum, base, body.count)
  }
}
