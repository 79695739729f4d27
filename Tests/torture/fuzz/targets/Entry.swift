// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

/// Each takes any bytes, and ends the process where the library does something that it must not.
private let targets: [(name: StaticString, run: (inout FuzzInput) -> Void)] = [
  ("event_json", fuzzEventJSON),
  ("event_calls", fuzzEventCalls),
  ("options", fuzzOptions),
  ("answer", fuzzAnswer),
  ("uri", fuzzURI),
  ("log", fuzzLog),
  ("request", fuzzWebRequest),
  ("agent", fuzzAgent),
  ("signature", fuzzSignature),
  ("memory", fuzzMemory),
  ("segment", fuzzSegment),
  ("fault", fuzzFault),
]

/// The environment names the target, so that all of them are one program, built once.
private let chosen: (inout FuzzInput) -> Void = {
  guard let given = getenv("TPC_FUZZ_TARGET") else { fatalError("TPC_FUZZ_TARGET is not set") }
  for target in targets where strcmp(given, target.name.utf8Start) == 0 { return target.run }
  fatalError("TPC_FUZZ_TARGET names no target")
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(UnsafeBufferPointer(start: data, count: count))
  keepingTexts { chosen(&input) }
  return 0
}
