// SPDX-License-Identifier: Apache-2.0

import CTPC
import TPCCore

@_cdecl("tpc_client_poll") @implementation
public func tpc_client_poll(
  _ client: OpaquePointer?, _ milliseconds: Int32, _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  out?.pointee = nil
  return waitingClientCall(nil, within: .timeout) { () throws(Failure) in
    guard let out else { throw missing("out") }
    let timeout = try timeout(milliseconds)
    let report = try ClientTable.with(token(client)) { client throws(Failure) in
      try client.pollPointer(timeoutMilliseconds: timeout)
    }
    out.pointee = report.map { OpaquePointer($0) }
  }
}

@_cdecl("tpc_client_report_descriptor") @implementation
public func tpc_client_report_descriptor(_ client: OpaquePointer?) -> Int32 {
  var descriptor: Int32 = -1
  _ = waitingClientCall(nil) { () throws(Failure) in
    descriptor = try ClientTable.with(token(client)) { client throws(Failure) in client.reportDescriptor }
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
