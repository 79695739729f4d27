// SPDX-License-Identifier: Apache-2.0

// The scenario driver of Swift: one JSON object a line in, one answer a line out, until the end of input.

import Foundation

@main
struct Main {
  static func main() async throws {
    let driver = Driver()
    while let line = readLine() {
      let request = try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
      let answer = try await JSONEncoder().encode(driver.answer(to: request))
      try FileHandle.standardOutput.write(contentsOf: answer + Data("\n".utf8))
    }
    await driver.visits?.close(timeout: .zero)
  }
}
