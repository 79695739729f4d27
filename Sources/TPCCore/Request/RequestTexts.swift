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
  private var ranges = [Range<Int>?](repeating: nil, count: WebRequest.Part.count)

  package init() { bytes.reserveCapacity(1024) }

  package mutating func set(_ member: Member, _ text: String?) {
    if let text { set(member.rawValue, text) }
  }

  /// Sets a text by its number, which a header's is (`RequestHeaders.number(of:)`).
  package mutating func set(_ number: Int, _ text: String) {
    guard ranges.indices.contains(number) else { return }
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    ranges[number] = start..<bytes.count
  }

  /// Calls `body` with the texts, valid only during the call.
  package func withInput<Result>(
    adding event: UnsafePointer<PageVisit>?, _ body: (RequestInput) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // A text without a byte is not absent: it needs an address, too.
    let memory = bytes.isEmpty ? [0] : bytes
    let result = memory.withUnsafeBufferPointer { memory -> Swift.Result<Result, Failure> in
      let start = UnsafeRawPointer(memory.baseAddress)?.assumingMemoryBound(to: CChar.self)
      let starts = ranges.map { range in range.flatMap { range in start.map { $0 + range.lowerBound } } }
      let lengths = ranges.map { $0?.count ?? 0 }
      return starts.withUnsafeBufferPointer { starts in
        lengths.withUnsafeBufferPointer { lengths in
          guard let texts = starts.baseAddress else { return .failure(.outOfMemory) }
          do throws(Failure) {
            return .success(try body(RequestInput(texts, lengths.baseAddress, starts.count, event)))
          } catch {
            return .failure(error)
          }
        }
      }
    }
    return try result.get()
  }
}

#endif
