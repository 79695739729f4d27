// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import CTPC
import TPCCore

/// Any options with any values, and a client of those that were taken. It sends nothing, so no address is ever called.
func fuzzOptions(_ input: inout FuzzInput) {
  let options = tpc_options_new()
  demand(options != nil, "memory is not short")
  while !input.isEmpty {
    let choice = Int(input.byte())
    let row = Option(rawValue: choice).map { OptionTable.row($0).name.bytes }
    let name = row.map { FuzzText($0) } ?? input.text()
    set(options, name, input.text())
  }
  var client: OpaquePointer?
  let verdict = Verdict { tpc_client_new(options, &client, $0) }
  demand(verdict.isOK == (client != nil), "there is a client exactly when the call went well")
  demand(verdict.isOne(of: .ok, .invalidOption), "options make a client or are refused")
  demand(verdict.isOK || !verdict.field.isEmpty, "a refused option is named")
  if let client { demand(tpc_client_close(client, 0, nil) == Status.ok.rawValue, "a client that did nothing closes at once") }
  tpc_options_free(options)
}

private func set(_ options: OpaquePointer?, _ name: FuzzText, _ value: FuzzText) {
  let verdict = Verdict {
    tpc_options_set(options, name.start, name.count, value.start, value.count, $0)
  }
  demand(verdict.isOne(of: .ok, .invalidOption), "an option is set or refused")
  if verdict.isOK || Options.option(named: name.bytes) == nil { return }
  demand(name.bytes.elementsEqual(verdict.field), "the option that is refused is named")
  // What a message says anyway, whatever the value, may be a part of the value by chance.
  guard value.count >= 8, holds(verdict, value) else { return }
  let other = FuzzText(value.bytes.map { $0 ^ 1 })
  let again = Verdict {
    tpc_options_set(options, name.start, name.count, other.start, other.count, $0)
  }
  demand(holds(again, value), "no message holds the value that was given")
}

private func holds(_ verdict: Verdict, _ value: FuzzText) -> Bool {
  verdict.message.withUnsafeBufferPointer { holds($0, value.bytes) }
}
