// SPDX-License-Identifier: Apache-2.0

import CTPC
import TPCCore

@_cdecl("tpc_log_take") @implementation
public func tpc_log_take(
  _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ length: UnsafeMutablePointer<Int>?
) -> Int32 {
  length?.pointee = 0
  return clientCall(nil) { () throws(Failure) in
    let isTaken = try KeptLines.take { line throws(Failure) in try deliver(line, buffer, capacity, length) }
    if !isTaken { deliverNothing(buffer, capacity) }
  }
}

@_cdecl("tpc_client_poll") @implementation
public func tpc_client_poll(
  _ client: OpaquePointer?, _ milliseconds: Int32, _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  out?.pointee = nil
  return waitingClientCall(nil, within: .timeout) { () throws(Failure) in
    guard let out else { throw missing("out") }
    let timeout = try timeout(milliseconds)
    try ClientTable.use(token(client)) { client throws(Failure) in
      out.pointee = try client.pollPointer(timeoutMilliseconds: timeout).map { OpaquePointer($0) }
    }
  }
}

@_cdecl("tpc_client_report_descriptor") @implementation
public func tpc_client_report_descriptor(_ client: OpaquePointer?) -> Int32 {
  var descriptor: Int32 = -1
  _ = waitingClientCall(nil) { () throws(Failure) in
    try ClientTable.use(token(client)) { client throws(Failure) in descriptor = client.reportDescriptor }
  }
  return descriptor
}

private func text(_ which: Report.Text, of report: OpaquePointer?) -> UnsafePointer<CChar>? {
  guard let start = report.flatMap({ UnsafeMutablePointer<Report>($0).pointee.text(which).baseAddress }) else {
    return cString("")
  }
  return cString(start)
}

@_cdecl("tpc_report_outcome") @implementation
public func tpc_report_outcome(_ report: OpaquePointer?) -> Int32 {
  report.map { UnsafeMutablePointer<Report>($0).pointee.outcome.rawValue } ?? 0
}

@_cdecl("tpc_report_event_id") @implementation
public func tpc_report_event_id(_ report: OpaquePointer?) -> UnsafePointer<CChar>? { text(.eventID, of: report) }

@_cdecl("tpc_report_http_status") @implementation
public func tpc_report_http_status(_ report: OpaquePointer?) -> Int32 {
  report.map { UnsafeMutablePointer<Report>($0).pointee.httpStatus } ?? 0
}

@_cdecl("tpc_report_attempts") @implementation
public func tpc_report_attempts(_ report: OpaquePointer?) -> UInt32 {
  report.map { UnsafeMutablePointer<Report>($0).pointee.attempts } ?? 0
}

@_cdecl("tpc_report_code") @implementation
public func tpc_report_code(_ report: OpaquePointer?) -> UnsafePointer<CChar>? { text(.code, of: report) }

@_cdecl("tpc_report_message") @implementation
public func tpc_report_message(_ report: OpaquePointer?) -> UnsafePointer<CChar>? { text(.message, of: report) }

@_cdecl("tpc_report_details") @implementation
public func tpc_report_details(_ report: OpaquePointer?) -> UnsafePointer<CChar>? { text(.details, of: report) }

@_cdecl("tpc_report_received_at") @implementation
public func tpc_report_received_at(_ report: OpaquePointer?) -> UnsafePointer<CChar>? { text(.receivedAt, of: report) }

@_cdecl("tpc_report_free") @implementation
public func tpc_report_free(_ report: OpaquePointer?) {
  CMemory.free(report.map { UnsafeMutablePointer<Report>($0) })
}
