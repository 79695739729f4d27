// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// A web request as a caller passes it: JSON, or texts by their numbers (`WebRequest.Part`).
package struct RequestInput {
  let json: Bytes?
  let count: Int
  private let texts: UnsafePointer<UnsafePointer<CChar>?>?
  private let lengths: UnsafePointer<Int>?
  /// What the application adds to a request that is not JSON.
  let added: UnsafePointer<PageVisit>?

  package init(json: Bytes) {
    self.json = json
    (count, texts, lengths, added) = (0, nil, nil, nil)
  }

  /// A text is as long as its length says; it ends at its first NUL when that is -1, or when there are no lengths.
  package init(
    _ texts: UnsafePointer<UnsafePointer<CChar>?>, _ lengths: UnsafePointer<Int>?, _ count: Int,
    _ added: UnsafePointer<PageVisit>?
  ) {
    json = nil
    (self.count, self.texts, self.lengths, self.added) = (count, texts, lengths, added)
  }

  /// A text, unless it is longer than a whole request may be: nothing of such a text may be read.
  func shortText(_ part: WebRequest.Part) -> Bytes? {
    guard part.rawValue < count, let text = text(part.rawValue), text.count <= Limit.eventBytes else { return nil }
    return text
  }

  /// The text of a number below `count`; nil when it is absent. Of lengths that no text can have, all together are still a number.
  @inline(__always)
  func text(_ number: Int) -> Bytes? {
    guard let start = texts?[number] else { return nil }
    let length = lengths?[number] ?? -1
    let count = length == -1 ? strlen(start) : length
    let bounded = Int(bitPattern: min(UInt(bitPattern: count), UInt(Int.max / WebRequest.Part.all.bitWidth)))
    return Bytes(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: bounded)
  }
}
