// SPDX-License-Identifier: Apache-2.0

// The scenario driver of Swift: one JSON object a line in, one answer a line out, until the end of input.

import Foundation
import TPCCore

let driver = Driver()
while let line = readLine() {
  let request = try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
  try FileHandle.standardOutput.write(contentsOf: driver.answer(to: request).data + Data("\n".utf8))
}
driver.client?.close(timeoutMilliseconds: 0)
