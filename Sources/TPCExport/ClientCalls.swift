// SPDX-License-Identifier: Apache-2.0

import CTPC
import TPCCore

@inline(__always)
func token(_ client: OpaquePointer?) -> UInt { UInt(bitPattern: client) }

/// The options behind a handle; without one, the defaults with the environment loaded.
func options(_ handle: OpaquePointer?) throws(Failure) -> Options {
  if let handle { return UnsafeMutablePointer<Options>(handle).pointee }
  var options = Options()
  try options.loadEnvironment()
  return options
}

@_cdecl("tpc_client_new") @implementation
public func tpc_client_new(
  _ given: OpaquePointer?, _ out: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  out?.pointee = nil
  return waitingClientCall(error) { () throws(Failure) in
    guard let out else { throw missing("out") }
    out.pointee = OpaquePointer(bitPattern: try ClientTable.open(options(given)))
  }
}

@_cdecl("tpc_client_shared") @implementation
public func tpc_client_shared(
  _ given: OpaquePointer?, _ out: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  out?.pointee = nil
  return waitingClientCall(error) { () throws(Failure) in
    guard let out else { throw missing("out") }
    out.pointee = OpaquePointer(bitPattern: try ClientTable.shared(options(given)))
  }
}

@_cdecl("tpc_client_track") @implementation @_optimize(speed)
public func tpc_client_track(
  _ client: OpaquePointer?, _ event: OpaquePointer?, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  clientCall(error) { () throws(Failure) in
    guard let event else { throw missing("event") }
    try ClientTable.with(token(client)) { client throws(Failure) in
      _ = try client.track(UnsafeMutablePointer<PageVisit>(event).pointee)
    }
  }
}

@_cdecl("tpc_client_track_json") @implementation @_optimize(speed)
public func tpc_client_track_json(
  _ client: OpaquePointer?, _ json: UnsafePointer<CChar>?, _ length: Int, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  clientCall(error) { () throws(Failure) in
    let json = try bytes(json, length, "json")
    try ClientTable.with(token(client)) { client throws(Failure) in _ = try client.track(json: json) }
  }
}

@_cdecl("tpc_client_flush") @implementation
public func tpc_client_flush(_ client: OpaquePointer?, _ milliseconds: Int32, _ pending: UnsafeMutablePointer<Int>?) -> Int32 {
  pending?.pointee = 0
  return waitingClientCall(nil, within: .timeout) { () throws(Failure) in
    let timeout = try timeout(milliseconds)
    try ClientTable.use(token(client)) { client throws(Failure) in try report(client.leftover(ofFlush: timeout), to: pending) }
  }
}

@_cdecl("tpc_client_close") @implementation
public func tpc_client_close(
  _ client: OpaquePointer?, _ milliseconds: Int32, _ undelivered: UnsafeMutablePointer<Int>?
) -> Int32 {
  undelivered?.pointee = 0
  if isWithinCall && milliseconds >= 0 { return closeWithinCall(token(client), milliseconds) }
  return waitingClientCall(nil) { () throws(Failure) in
    try report(ClientTable.close(token(client), timeoutMilliseconds: timeout(milliseconds)), to: undelivered)
  }
}

@_cdecl("tpc_client_release") @implementation
public func tpc_client_release(_ client: OpaquePointer?) -> Int32 {
  waitingClientCall(nil) { () throws(Failure) in try ClientTable.release(token(client)) }
}

@_cdecl("tpc_client_event_to_json") @implementation
public func tpc_client_event_to_json(
  _ client: OpaquePointer?, _ event: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>?, _ leftOut: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  leftOut?.pointee = nil
  length?.pointee = 0
  return waitingClientCall(error) { () throws(Failure) in
    guard let event else { throw missing("event") }
    try ClientTable.use(token(client)) { client throws(Failure) in
      let made = try client.body(of: UnsafeMutablePointer<PageVisit>(event).pointee)
      guard let rule = made.leftOut else { return try deliver(made.body, buffer, capacity, length) }
      leftOut?.pointee = cString(rule)
      deliverNothing(buffer, capacity)
    }
  }
}

private func report(_ left: Leftover, to count: UnsafeMutablePointer<Int>?) throws(Failure) {
  count?.pointee = left.count
  if left.count > 0 || !left.isExact { throw Failure(.timeout, "the time was up") }
}

@_cdecl("tpc_client_stats") @implementation
public func tpc_client_stats(_ client: OpaquePointer?, _ stats: UnsafeMutablePointer<tpc_stats>?, _ size: Int) -> Int32 {
  clientCall(nil) { () throws(Failure) in
    guard let stats else { throw missing("stats") }
    guard size >= MemoryLayout<UInt64>.size else {
      throw Failure(.invalidArgument, field: "size", "is smaller than the first member; expected sizeof(tpc_stats)")
    }
    var numbers = Statistics()
    try ClientTable.use(token(client)) { client throws(Failure) in numbers = client.statistics }
    // tpc_stats is its size and then these numbers, in the same order.
    let first = MemoryLayout<UInt64>.size
    let known = min(size, first + MemoryLayout<Statistics>.size)
    let filled = UnsafeMutableRawPointer(stats)
    filled.storeBytes(of: UInt64(known), as: UInt64.self)
    (filled + first).copyMemory(from: &numbers, byteCount: known - first)
  }
}
