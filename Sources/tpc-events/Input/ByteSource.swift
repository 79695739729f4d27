// SPDX-License-Identifier: Apache-2.0

/// Bytes that come one after another: those of a file, or those that are inflated from them.
class ByteSource {
  enum Piece {
    /// This many bytes, at least one.
    case bytes(Int)
    case end
    /// The system's error number.
    case failed(Int32)
    /// What was read until now is right, and the rest cannot be read. The reason follows the file's name: "a.gz is cut off …".
    case damaged(StaticString)
    /// Whoever waits for the bytes does not want to wait any longer.
    case stopped
  }

  /// What is remarkable about the bytes, though they could be read. It follows the file's name, and is told at the end.
  var notice: StaticString? { nil }

  /// How many bytes of the file itself were taken.
  var consumed: Int { 0 }

  /// Whether `consumed` counts the very bytes that `read` returned.
  var isPlain: Bool { true }

  /// Reads up to `capacity` bytes, after waiting for the first one.
  func read(_ target: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> Piece { .end }
}

/// What is done while there is nothing to read; shared by all that a run reads.
final class InputWait {
  /// Called before every read that may have to wait, and every `intervalMilliseconds` while there is nothing to read. Returning
  /// `false` stops the reading.
  var whileWaiting: () -> Bool = { true }
  /// A descriptor that ends a wait when it becomes readable; -1 for none.
  var wakeDescriptor: Int32 = -1

  static let intervalMilliseconds: Int32 = 100
}
