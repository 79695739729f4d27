// SPDX-License-Identifier: Apache-2.0

/// What the name of a file in one of the spool's folders says about it.
enum SpoolName {
  /// A segment of this version's format, `s0000.tpc1`.
  case segment
  /// A segment that senders died of, or that nobody could read, `s0000.bad`.
  case setAside
  /// The file that whoever sends for all processes locks, `sender-0`.
  case sender
  /// A segment of another version's format, `s0000.tpc2`.
  case otherFormat
  case unknown

  init(_ name: [UInt8]) {
    if name == [UInt8]("sender-0") {
      self = .sender
      return
    }
    self = .unknown
    guard name.first == UInt8(ascii: "s") else { return }
    var digits = 1
    while digits < name.count, SpoolName.isDigit(name[digits]) { digits += 1 }
    let slot = digits - 1
    // As the library writes it: four digits, or more without a leading zero.
    guard slot >= 4, slot <= 7, slot == 4 || name[1] != UInt8(ascii: "0") else { return }
    let ending = [UInt8](name[digits...])
    if ending == [UInt8](".bad") {
      self = .setAside
    } else if ending == [UInt8](".tpc1") {
      self = .segment
    } else if ending.count > 4, ending[..<4].elementsEqual([UInt8](".tpc")), ending[4...].allSatisfy(SpoolName.isDigit) {
      self = .otherFormat
    }
  }

  /// The number of a destination's folder, whose name is 16 hexadecimal digits; nil for any other name.
  static func folder(_ name: [UInt8]) -> UInt64? {
    guard name.count == 16 else { return nil }
    var number: UInt64 = 0
    for byte in name {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(byte - 0x30)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(byte - 0x57)
      default: return nil
      }
    }
    return number
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
