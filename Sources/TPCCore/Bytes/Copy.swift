// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Copies bytes between buffers that do not overlap. An event is assembled from some fifty short pieces, for which
/// calling memcpy costs more than the copying. Up to 64 bytes are moved by loads and stores, which overlap unless the
/// length is a power of two.
@inline(__always)
func copyBytes(to target: UnsafeMutablePointer<UInt8>, from source: UnsafePointer<UInt8>, _ count: Int) {
  let (to, from) = (UnsafeMutableRawPointer(target), UnsafeRawPointer(source))
  if count > 64 {
    memcpy(to, from, count)
  } else if count >= 16 {
    var at = 0
    while at < count &- 16 {
      move(to, from, at, as: SIMD2<UInt64>.self)
      at &+= 16
    }
    move(to, from, count &- 16, as: SIMD2<UInt64>.self)
  } else if count >= 8 {
    move(to, from, 0, as: UInt64.self)
    move(to, from, count &- 8, as: UInt64.self)
  } else if count >= 4 {
    move(to, from, 0, as: UInt32.self)
    move(to, from, count &- 4, as: UInt32.self)
  } else if count > 0 {
    target[0] = source[0]
    target[count >> 1] = source[count >> 1]
    target[count &- 1] = source[count &- 1]
  }
}

@inline(__always)
private func move<Chunk: BitwiseCopyable>(
  _ to: UnsafeMutableRawPointer, _ from: UnsafeRawPointer, _ offset: Int, as type: Chunk.Type
) {
  to.storeBytes(of: from.loadUnaligned(fromByteOffset: offset, as: type), toByteOffset: offset, as: type)
}
