// SPDX-License-Identifier: Apache-2.0

/// The result code of a call. The numbers are those of the C ABI (`TPC_ERROR_…` in tpc.h).
package enum Status: Int32 {
  case ok = 0
  case invalidArgument = -1
  case invalidOption = -2
  case invalidEvent = -3
  case invalidJSON = -4
  case tooLarge = -5
  case queueFull = -6
  case closed = -7
  case timeout = -8
  case noMemory = -9
  case bufferTooSmall = -10
  case system = -11
}

/// Why a call failed: which field or option, what was found and what is accepted. It never contains the value itself,
/// which may be a credential or a visitor's data.
package struct Failure: Error {
  package let status: Status
  /// An option's name or a JSON pointer (RFC 6901), in UTF-8; may be empty. The key of a property may come from an
  /// untrusted browser, so anything that a terminal or a log would act on is shown as an escape (`Printable`).
  package let field: [UInt8]
  private let composed: [UInt8]

  /// One English sentence in UTF-8.
  package var message: [UInt8] { withMessage { [UInt8]($0) } }

  package init(_ status: Status, field: [UInt8], message: [UInt8]) {
    self.status = status
    self.field = MessageBuilder.printable(field)
    composed = MessageBuilder.printable(message)
  }

  @export(interface)
  package init(_ status: Status, field: StaticString = "", _ message: StaticString) {
    self.init(status, field: [UInt8](field.bytes), message: [UInt8](message.bytes))
  }

  /// Describes a flaw in a text, as the sentence "found X at byte N; expected Y".
  package init(_ status: Status, field: [UInt8], flaw: Flaw) {
    var message = MessageBuilder()
    message.add("found ")
    if let found = flaw.found {
      message.add(found)
    } else if let byte = flaw.byte {
      message.add(byte: byte)
    } else {
      message.add("its end")
    }
    message.add(" at byte ")
    message.add(flaw.offset)
    message.add("; expected ")
    message.add(flaw.expected)
    self.init(status, field: field, message: message.text)
  }

  /// Memory ran out. Creating this failure allocates nothing: with no memory left, Swift could only end the process.
  package static var outOfMemory: Failure {
    @inline(never) get { Failure(.noMemory, field: [], message: []) }
  }

  /// The client is closed. Creating this failure allocates nothing either: threads that keep calling must not contend
  /// for the allocator with the thread that closes.
  package static var closed: Failure { Failure(.closed, field: [], message: []) }

  /// Calls `body` with the message's bytes, valid only during the call.
  package func withMessage<Result>(_ body: (Bytes) -> Result) -> Result {
    let memory: StaticString = "memory ran out; nothing was changed"
    let closed: StaticString = "the client is closed"
    switch status {
    case .noMemory: return body(memory.bytes)
    case .closed: return body(closed.bytes)
    case .ok, .invalidArgument, .invalidOption, .invalidEvent, .invalidJSON, .tooLarge, .queueFull, .timeout,
      .bufferTooSmall, .system:
      return composed.withUnsafeBufferPointer(body)
    }
  }
}

#if !hasFeature(Embedded)
  extension Failure: CustomStringConvertible {
    package var description: String {
      let name = String(decoding: field, as: UTF8.self)
      return (name.isEmpty ? "" : name + ": ") + String(decoding: message, as: UTF8.self)
    }
  }
#endif
