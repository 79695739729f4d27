// SPDX-License-Identifier: Apache-2.0

/// The first bytes of a segment. A round begins when they are written: the records of an earlier round, which may follow
/// those of this one in the file, have another salt and are not valid any more.
///
/// | at | bytes | |
/// |---|---|---|
/// | 0 | 8 | `TPCSPOOL` |
/// | 8 | 2 + 2 | format: major 1, minor 0 |
/// | 12 | 4 | where the records begin: 64 |
/// | 16 | 8 | salt |
/// | 24 | 8 | wall clock at the round's start |
/// | 32 | 8 | boot clock at the same moment |
/// | 40 | 8 | tag of the boot |
/// | 48 | 4 | process id |
/// | 52 | 1 | tries, taken as 0 by the checksum |
/// | 53 | 7 | 0 |
/// | 60 | 4 | CRC-32C of the bytes before |
package struct SegmentHeader: BitwiseCopyable {
  package static let size = 64
  package static let triesOffset = 52
  private static let checksumOffset = 60
  private static let magic: UInt64 = 0x4C4F_4F50_5343_5054  // TPCSPOOL
  /// A later minor version has new types of records, and uses bytes that are 0 today.
  private static let major: UInt16 = 1

  /// Random, and new for each round. Nobody outside knows it, so that no text of a visitor can be taken for a record.
  package var salt: UInt64
  /// Since 1970.
  package var startedWallMilliseconds: Int64
  package var startedBootMilliseconds: Int64
  /// Differs between two boots of the machine; 0 when it is not known.
  package var bootTag: UInt64
  /// Only for people to read.
  package var processID: Int32
  /// How many adopters in a row died while they read the segment. It is changed in place.
  package var tries: UInt8 = 0

  package init(
    salt: UInt64, startedWallMilliseconds: Int64, startedBootMilliseconds: Int64, bootTag: UInt64, processID: Int32,
    tries: UInt8 = 0
  ) {
    self.salt = salt
    self.startedWallMilliseconds = startedWallMilliseconds
    self.startedBootMilliseconds = startedBootMilliseconds
    self.bootTag = bootTag
    self.processID = processID
    self.tries = tries
  }

  /// The header at the start of a file; nil for anything that this version does not read.
  package init?(_ file: Bytes) {
    guard let base = UnsafeRawPointer(file.baseAddress), file.count >= Self.size,
      base.littleEndian(0, UInt64.self) == Self.magic,
      base.littleEndian(8, UInt16.self) == Self.major,
      base.littleEndian(12, UInt32.self) == UInt32(Self.size),
      base.littleEndian(Self.checksumOffset, UInt32.self) == Self.checksum(base)
    else { return nil }
    salt = base.littleEndian(16, UInt64.self)
    startedWallMilliseconds = base.littleEndian(24, Int64.self)
    startedBootMilliseconds = base.littleEndian(32, Int64.self)
    bootTag = base.littleEndian(40, UInt64.self)
    processID = base.littleEndian(48, Int32.self)
    tries = base.load(fromByteOffset: Self.triesOffset, as: UInt8.self)
  }

  /// Writes `size` bytes.
  package func write(to target: UnsafeMutableRawPointer) {
    target.storeLittleEndian(Self.magic, 0)
    target.storeLittleEndian(UInt32(Self.major), 8)
    target.storeLittleEndian(UInt32(Self.size), 12)
    target.storeLittleEndian(salt, 16)
    target.storeLittleEndian(startedWallMilliseconds, 24)
    target.storeLittleEndian(startedBootMilliseconds, 32)
    target.storeLittleEndian(bootTag, 40)
    target.storeLittleEndian(UInt64(UInt32(bitPattern: processID)) | UInt64(tries) << 32, 48)
    target.storeLittleEndian(UInt32(0), 56)
    target.storeLittleEndian(Self.checksum(UnsafeRawPointer(target)), Self.checksumOffset)
  }

  private static func checksum(_ header: UnsafeRawPointer) -> UInt32 {
    var (sum, tries) = (SegmentChecksum.add(SegmentChecksum.start, header, triesOffset), UInt8(0))
    sum = SegmentChecksum.add(sum, &tries, 1)
    return SegmentChecksum.add(sum, header + (triesOffset &+ 1), checksumOffset &- triesOffset &- 1)
  }
}

extension UnsafeRawPointer {
  /// The number at an offset, which need not be aligned.
  @inline(__always)
  func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: Number.Type) -> Number {
    Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }
}

extension UnsafeMutableRawPointer {
  @inline(__always)
  func storeLittleEndian<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, _ offset: Int) {
    storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
  }
}
