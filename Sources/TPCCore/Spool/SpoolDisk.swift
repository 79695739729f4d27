// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// The system calls of the spool, one a function, on the segments of one folder. A segment is named by its slot. (A protocol so that
/// tests can put a disk in its place that fails, forgets and is shared by processes that get killed.)
protocol SpoolDisk: ~Copyable {
  /// Opens the folder, making it if it is missing. Nil when it is open; otherwise why not.
  mutating func prepare() -> StaticString?
  /// Opens a segment for reading and writing, a new one if it is to be created. Returns its descriptor, or -1 with the reason in `error`.
  func open(_ slot: Int, creates: Bool) -> Int32
  /// Opens the file that whoever sends for all processes locks, making it if it is missing.
  func openSender() -> Int32
  func close(_ descriptor: Int32)
  /// Takes the lock on a byte; `false` if somebody else has it.
  func lock(_ descriptor: Int32, byte: Int32) -> Bool
  func unlock(_ descriptor: Int32, byte: Int32)
  /// Whether the descriptor is still that of the file that was opened; the file's details.
  func look(_ descriptor: Int32, _ file: inout tpc_posix_file) -> Bool
  /// Writes at an offset; `false`, with the reason in `error`, unless everything was written.
  func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ size: Int, at offset: Int) -> Bool
  /// Reads at an offset, as much as there is; returns how many bytes, or -1.
  func read(_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ size: Int, at offset: Int) -> Int
  /// Removes the segment's name, if it is that of this file. The caller has the segment's lock.
  func remove(_ slot: Int, _ descriptor: Int32)
  /// Gives the segment a name that nobody opens, for people to look at. The caller has its lock.
  func quarantine(_ slot: Int, _ descriptor: Int32)
  /// Writes the file's changes to the disk itself; without a descriptor, those of the folder.
  func sync(_ descriptor: Int32) -> Bool
  /// Calls `body` with the slots that have a segment, until it returns `false`.
  func forEachSlot(_ body: (Int) -> Bool)
  /// The size to which a file may grow, and whether the file system has room for one more.
  func limit() -> Int
  var hasSpace: Bool { get }
  /// `Clock.coarseMonotonic`.
  var now: Int64 { get }
  /// The clocks that outlive the process.
  var time: SpoolTime { get }
  /// The second of them alone.
  var bootMilliseconds: Int64 { get }
  /// The reason why the last call failed, as `errno` has it.
  var error: Int32 { get }
}

/// A moment, for whoever reads it in another process or after another boot.
package struct SpoolTime: BitwiseCopyable {
  /// Since 1970.
  var wallMilliseconds: Int64
  /// The boot clock, which goes on while the machine sleeps.
  var bootMilliseconds: Int64
  /// Differs between two boots; 0 when it is not known.
  var bootTag: UInt64

  package init(wallMilliseconds: Int64, bootMilliseconds: Int64, bootTag: UInt64) {
    self.wallMilliseconds = wallMilliseconds
    self.bootMilliseconds = bootMilliseconds
    self.bootTag = bootTag
  }
}
