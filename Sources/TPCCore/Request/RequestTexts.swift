// SPDX-License-Identifier: Apache-2.0

// Left out of the C library: strings pull in much of Swift's standard library.
#if !hasFeature(Embedded)

/// A web request's texts for `RequestInput`, from Swift strings.
package struct RequestTexts: ~Copyable {
  /// A request's own members.
  package enum Member: Int {
    case method, scheme, host, target, remoteAddress, clientAddress, contentType, status
  }

  private var bytes: [UInt8] = []
  /// Where each text starts and ends in `bytes`; -1 for one that is absent. As many as there are parts of a request.
  private var starts = InlineArray<39, Int>(repeating: -1)
  private var ends = InlineArray<39, Int>(repeating: 0)

  package init() { bytes.reserveCapacity(1024) }

  package mutating func set(_ member: Member, _ text: String?) {
    if let text { set(member.rawValue, text) }
  }

  /// Sets a text by its number, which a header's is (`RequestHeaders.number(of:)`).
  package mutating func set(_ number: Int, _ text: String) {
    guard number >= 0, number < starts.count else { return }
    starts[number] = bytes.count
    bytes.append(contentsOf: text.utf8)
    ends[number] = bytes.count
  }

  /// Calls `body` with the texts, valid only during the call.
  package func withInput<Result>(
    adding event: UnsafePointer<PageVisit>?, _ body: (RequestInput) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var pointers = InlineArray<39, UnsafePointer<CChar>?>(repeating: nil)
    var lengths = InlineArray<39, Int>(repeating: 0)
    let result = bytes.withUnsafeBytes { memory -> Swift.Result<Result, Failure> in
      // There is memory even for texts without a byte: its capacity was reserved.
      guard let base = memory.bindMemory(to: CChar.self).baseAddress else { return .failure(.outOfMemory) }
      for number in starts.indices where starts[number] >= 0 {
        pointers[number] = base + starts[number]
        lengths[number] = ends[number] - starts[number]
      }
      return RequestTexts.with(pointers, lengths, event, body)
    }
    return try result.get()
  }

  private static func with<Result>(
    _ pointers: InlineArray<39, UnsafePointer<CChar>?>, _ lengths: InlineArray<39, Int>,
    _ event: UnsafePointer<PageVisit>?, _ body: (RequestInput) throws(Failure) -> Result
  ) -> Swift.Result<Result, Failure> {
    pointers.span.withUnsafeBufferPointer { pointers in
      lengths.span.withUnsafeBufferPointer { lengths in
        guard let texts = pointers.baseAddress else { return .failure(.outOfMemory) }
        do throws(Failure) {
          return .success(try body(RequestInput(texts, lengths.baseAddress, pointers.count, event)))
        } catch {
          return .failure(error)
        }
      }
    }
  }
}

#endif
