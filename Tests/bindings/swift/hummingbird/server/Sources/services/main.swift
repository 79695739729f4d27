// SPDX-License-Identifier: Apache-2.0
// Programs that use the other packages: `services NAME`.
import Foundation
import Logging
import ServiceLifecycle
import TPC

var arguments = CommandLine.arguments.dropFirst()
switch arguments.popFirst() {
case "group": try await inAGroup()
case "failing": try await besideAFailingService()
case "cancelled": try await cancelled()
case "twice": try await twice()
case "closed": try await closedBefore()
case "lines": try await lines(Array(arguments))
case "many": try await manyLines()
case "quiet": try await quiet()
case "untaken": try untaken()
case "metrics": try await metrics()
case "several": try await severalSenders()
case "pending": try await pending()
case "factories": try await factories()
default: exit(2)
}

/// Writes a line at once.
func say(_ line: String) { try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8)) }
