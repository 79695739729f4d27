// SPDX-License-Identifier: Apache-2.0

import CTPC
import TPCCore

@_cdecl("tpc_version_string") @implementation
public func tpc_version_string() -> UnsafePointer<CChar>? { cString(Version.text) }

@_cdecl("tpc_version_number") @implementation
public func tpc_version_number() -> UInt32 { Version.number }

@_cdecl("tpc_status_name") @implementation
public func tpc_status_name(_ status: Int32) -> UnsafePointer<CChar>? {
  switch Status(rawValue: status) {
  case .ok: cString("TPC_OK")
  case .invalidArgument: cString("TPC_ERROR_INVALID_ARGUMENT")
  case .invalidOption: cString("TPC_ERROR_INVALID_OPTION")
  case .invalidEvent: cString("TPC_ERROR_INVALID_EVENT")
  case .invalidJSON: cString("TPC_ERROR_INVALID_JSON")
  case .tooLarge: cString("TPC_ERROR_TOO_LARGE")
  case .queueFull: cString("TPC_ERROR_QUEUE_FULL")
  case .closed: cString("TPC_ERROR_CLOSED")
  case .timeout: cString("TPC_ERROR_TIMEOUT")
  case .noMemory: cString("TPC_ERROR_NO_MEMORY")
  case .bufferTooSmall: cString("TPC_ERROR_BUFFER_TOO_SMALL")
  case .system: cString("TPC_ERROR_SYSTEM")
  case nil: cString("TPC_ERROR_UNKNOWN")
  }
}
