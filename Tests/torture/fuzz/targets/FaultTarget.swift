// SPDX-License-Identifier: Apache-2.0

import CTPC
import TPCCore

/// Breaks what the text names: so the tests know that a fault would be found.
func fuzzFault(_ input: inout FuzzInput) {
  let text = input.remainder()
  guard text.bytes.matches("fault:beyond") else { return other(text) }
  demand(text.bytes.baseAddress.unsafelyUnwrapped[text.count] == 7, "never reached")
}

private func other(_ text: FuzzText) {
  if text.bytes.matches("fault:trap") {
    let numbers = [1, 2, 3]
    demand(numbers[text.count] != 0, "never reached")
  }
  if text.bytes.matches("fault:untrue") { demand(text.count < 3, "a text is shorter") }
  if text.bytes.matches("fault:leak") { _ = tpc_event_new() }
  // More stack than the sender has, and less than an ordinary program's 8 MiB.
  if text.bytes.matches("fault:depth") { demand(deep(text.count * 4000) != 1, "never reached") }
}

/// Takes at least some 50 bytes a level.
@inline(never)
private func deep(_ levels: Int) -> Int {
  guard levels > 0 else { return 0 }
  // Not a sum, which the compiler would make a loop of.
  return deep(levels - 1) / deepest ^ levels
}

nonisolated(unsafe) private var deepest = 7
