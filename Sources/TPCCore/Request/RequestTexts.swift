// SPDX-License-Identifier: Apache-2.0

// Left out of the C library: strings pull in much of Swift's standard library.
#if !hasFeature(Embedded)

import CTPCPOSIX

/// A web request's texts for `RequestInput`, from Swift strings.
package struct RequestTexts: ~Copyable {
  /// A request's own members.
  package enum Member: Int {
    case method, scheme, host, target, remoteAddress, clientAddress, contentType, status
  }

  private var bytes: [UInt8] = []
  /// By part: where the text starts in `bytes`, or -1 for one that is absent, and its length. Not InlineArrays, which the compiler
  /// copies as a whole to change one element.
  private let starts: UnsafeMutablePointer<Int>
  private let lengths: UnsafeMutablePointer<Int>

  package init() {
    bytes.reserveCapacity(1024)
    starts = .allocate(capacity: WebRequest.Part.count * 2)
    lengths = starts + WebRequest.Part.count
    starts.initialize(repeating: -1, count: WebRequest.Part.count * 2)
  }

  deinit { starts.deallocate() }

  package mutating func set(_ member: Member, _ text: String?) {
    if let text { set(member.rawValue, text) }
  }

  /// Sets a text by its number, which a header's is (`RequestHeaders.number(of:)`).
  package mutating func set(_ number: Int, _ text: String) {
    guard number >= 0, number < WebRequest.Part.count else { return }
    starts[number] = bytes.count
    bytes.append(contentsOf: text.utf8)
    lengths[number] = bytes.count - starts[number]
  }

  /// Calls `body` with the texts, valid only during the call.
  package func withInput<Result>(
    adding event: UnsafePointer<PageVisit>?, _ body: (RequestInput) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let result = bytes.withUnsafeBytes { memory -> Swift.Result<Result, Failure> in
      withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: WebRequest.Part.count) { texts in
        // There is memory even for texts without a byte: its capacity was reserved.
        guard let base = memory.bindMemory(to: CChar.self).baseAddress, let first = texts.baseAddress else { return .failure(.outOfMemory) }
        for number in 0..<WebRequest.Part.count {
          (first + number).initialize(to: starts[number] < 0 ? nil : base + starts[number])
        }
        do throws(Failure) {
          return .success(try body(RequestInput(first, lengths, WebRequest.Part.count, event)))
        } catch {
          return .failure(error)
        }
      }
    }
    return try result.get()
  }
}

#endif
