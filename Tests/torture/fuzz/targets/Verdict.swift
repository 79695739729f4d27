// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import CTPC
import TPCCore

/// What a call of C said. A failure has to say the same in its result and its error, and its text has to be whole.
struct Verdict: Equatable {
  let status: Int32
  let field: [UInt8]
  let message: [UInt8]

  var isOK: Bool { status == Status.ok.rawValue }

  func isOne(of statuses: Status...) -> Bool { statuses.contains { $0.rawValue == status } }

  init(_ call: (UnsafeMutablePointer<tpc_error>) -> Int32) {
    var error = tpc_error()
    memset(&error, 0xA5, MemoryLayout<tpc_error>.size)
    status = call(&error)
    guard status != Status.ok.rawValue else {
      (field, message) = ([], [])
      return
    }
    field = Verdict.text(of: &error.field)
    message = Verdict.text(of: &error.message)
    demand(error.status == status, "the error has the status that the call returned")
    demand(!message.isEmpty, "a failure says why")
    demand(strcmp(tpc_status_name(status), "TPC_ERROR_UNKNOWN") != 0, "a failure's status has a name")
    demand(status != Status.noMemory.rawValue, "memory is not short")
  }

  private static func text<Room>(of room: inout Room) -> [UInt8] {
    withUnsafeBytes(of: &room) { bytes in
      let text = [UInt8](bytes.prefix { $0 != 0 })
      demand(text.count < bytes.count, "a text ends with a NUL")
      demand(text.withUnsafeBufferPointer { UTF8Text.check($0) } == nil, "a text is valid UTF-8")
      return text
    }
  }
}

/// What a call writes into a buffer, in memory of exactly its size. The length that is reported in advance has to be the one that
/// is written. Nil for a failure, which has to be the same with and without a buffer.
func written(
  _ call: (UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<tpc_error>) -> Int32
) -> FuzzText? {
  var length = 0
  let told = Verdict { call(nil, 0, &length, $0) }
  guard told.isOne(of: .bufferTooSmall) else {
    demand(!told.isOK, "no text fits into no buffer")
    return nil
  }
  let text = FuzzText([UInt8](repeating: 0x55, count: length + 1))
  let buffer = UnsafeMutablePointer(mutating: text.start)
  demand(Verdict { call(buffer, length, nil, $0) }.isOne(of: .bufferTooSmall), "the NUL needs room, too")
  demand(text.bytes.allSatisfy { $0 == 0x55 }, "a buffer that is too small is left alone")
  var again = 0
  demand(Verdict { call(buffer, length + 1, &again, $0) }.isOK, "a buffer of the reported length is enough")
  demand(again == length && text.bytes[length] == 0, "the text has its length and ends with a NUL")
  return FuzzText(text.bytes.part(0, length))
}

func json(of event: OpaquePointer) -> FuzzText {
  guard let text = written({ buffer, capacity, length, error in
    let status = tpc_event_to_json(event, buffer, capacity, length)
    // The call takes no tpc_error; its only failure here speaks for itself.
    error.pointee = Verdict.errorWithoutWords(status)
    return status
  }) else { fatalError("not so: every event can be written") }
  return text
}

extension Verdict {
  static func errorWithoutWords(_ status: Int32) -> tpc_error {
    var error = tpc_error()
    error.status = status
    error.message.0 = CChar(bitPattern: UInt8(ascii: "-"))
    return error
  }
}
