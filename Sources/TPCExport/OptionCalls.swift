// SPDX-License-Identifier: Apache-2.0

import CTPC
import TPCCore

@_cdecl("tpc_options_new") @implementation
public func tpc_options_new() -> OpaquePointer? { CMemory.makeOptions().map { OpaquePointer($0) } }

@_cdecl("tpc_options_free") @implementation
public func tpc_options_free(_ options: OpaquePointer?) {
  CMemory.free(options.map { UnsafeMutablePointer<Options>($0) })
}

@_cdecl("tpc_options_load_environment") @implementation
public func tpc_options_load_environment(_ options: OpaquePointer?, _ error: UnsafeMutablePointer<tpc_error>?) -> Int32 {
  status(error) { () throws(Failure) in
    guard let options else { throw missing("options") }
    try UnsafeMutablePointer<Options>(options).pointee.loadEnvironment()
  }
}

@_cdecl("tpc_options_set") @implementation
public func tpc_options_set(
  _ options: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ nameLength: Int, _ value: UnsafePointer<CChar>?,
  _ valueLength: Int, _ error: UnsafeMutablePointer<tpc_error>?
) -> Int32 {
  status(error) { () throws(Failure) in
    guard let options else { throw missing("options") }
    let name = try bytes(name, nameLength, "name")
    let value = try bytes(value, valueLength, "value")
    try UnsafeMutablePointer<Options>(options).pointee.set(name, value)
  }
}

@_cdecl("tpc_options_validate") @implementation
public func tpc_options_validate(_ given: OpaquePointer?, _ error: UnsafeMutablePointer<tpc_error>?) -> Int32 {
  status(error) { () throws(Failure) in try HostThread.undisturbed { () throws(Failure) in try options(given).validate() } }
}

@_cdecl("tpc_option_name") @implementation
public func tpc_option_name(_ index: Int) -> UnsafePointer<CChar>? {
  OptionTable.name(at: index).map { cString($0) }
}
