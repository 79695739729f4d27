// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Testing

@testable import TPCCore

@Suite("SegmentChecksum")
struct SegmentChecksumTests {
  /// RFC 3720, appendix B.4, which inverts the last value, and the check value that catalogs of checksums have.
  static let vectors: [(bytes: [UInt8], sum: UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    ([UInt8](0..<32), 0x46DD_794E),
    ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
    (
      [
        0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0,
        0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
      ], 0xD996_3A56
    ),
    (Array("123456789".utf8), 0xE306_9283),
    ([], 0),
  ]

  @Test("The checksums are those of RFC 3720", arguments: vectors)
  func isCastagnolis(bytes: [UInt8], sum: UInt32) {
    #expect(~plainCRC32C(bytes) == sum)
    withBytes(bytes) { bytes in
      #expect(~tpc_posix_crc32c(~0, bytes.baseAddress, bytes.count) == sum)
      #expect(~tpc_posix_crc32c_by_table(~0, bytes.baseAddress, bytes.count) == sum)
    }
  }

  @Test("The processor's instruction computes those of RFC 3720", .enabled(if: tpc_posix_has_crc32c() != 0), arguments: vectors)
  func instructionIsCastagnolis(bytes: [UInt8], sum: UInt32) {
    withBytes(bytes) { #expect(~tpc_posix_crc32c_by_instruction(~0, $0.baseAddress, $0.count) == sum) }
  }

  @Test("Instruction and table agree with the plain way on every length and alignment, from any start")
  func agree() {
    var random = SeededGenerator(seed: 5)
    let bytes = random.bytes(200...200)
    for start in 0..<9 {
      for count in 0..<100 {
        let before = UInt32(truncatingIfNeeded: random.next())
        let expected = plainCRC32C(Array(bytes[start..<(start + count)]), before)
        let (table, chosen) = bytes.withUnsafeBytes { bytes in
          let from = bytes.baseAddress.map { $0 + start }
          return (tpc_posix_crc32c_by_table(before, from, count), tpc_posix_crc32c(before, from, count))
        }
        #expect(table == expected && chosen == expected, "\(count) bytes from \(start)")
      }
    }
  }

  @Test("The sums of pieces in turn are the sum of the whole")
  func addsUp() {
    let bytes = json(97, 1)
    for cut in 0...bytes.count {
      let sum = bytes.withUnsafeBytes { bytes -> UInt32 in
        guard let base = bytes.baseAddress else { return 0 }
        return SegmentChecksum.add(SegmentChecksum.add(SegmentChecksum.start, base, cut), base + cut, bytes.count - cut)
      }
      #expect(sum == plainCRC32C(bytes))
    }
  }

  @Test("The instruction is used where the kernel says that the processor has it")
  func isFound() throws {
    let file = try #require(fopen("/proc/cpuinfo", "r"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 8192)
    var features: [Substring] = []
    while features.isEmpty, fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if text.hasPrefix("flags") || text.hasPrefix("Features") { features = text.split { " \t\n:".contains($0) } }
    }
    try #require(!features.isEmpty)
    #expect((tpc_posix_has_crc32c() != 0) == (features.contains("sse4_2") || features.contains("crc32")))
  }
}
