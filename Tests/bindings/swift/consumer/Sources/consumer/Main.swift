// SPDX-License-Identifier: Apache-2.0

import Foundation
import TPC

@main
struct Main {
  static func main() async throws {
    guard let command = CommandLine.arguments.dropFirst().first else { fatalError("which command?") }
    switch command {
    case "exit": try exitAtOnce()
    case "exit-zero": try exitWithoutWaiting()
    case "scope": try await leaveScope()
    case "dropped": try await dropMany()
    case "name": try await shareByName()
    case "fork": try forkOnce()
    case "fork-at-once": try forkAtOnce()
    case "waits": try await waitOften()
    case "reports": try await readReports()
    case "unkept": try await readReportsThatAreNotKept()
    case "tasks": try await trackFromTasks()
    case "printing": try showSecrets()
    case "options": try checkOptions()
    case "errors": try checkErrors()
    case "codable": try await checkCodable()
    case "dates": try await checkDates()
    case "durations": try checkDurations()
    case "requests": try await checkRequests()
    case "disabled": try await checkDisabled()
    case "choices": checkChoices()
    case "agents": checkAgents()
    default: fatalError("unknown command: \(command)")
    }
  }
}

/// Ends the program with a sentence about what is not as it should be.
func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) {
  guard !condition else { return }
  FileHandle.standardError.write(Data("\(sentence())\n".utf8))
  exit(1)
}

func expectEqual<Value: Equatable>(_ found: Value, _ expected: Value, _ about: @autoclosure () -> String) {
  expect(found == expected, "\(about()): found \(found); expected \(expected)")
}

/// A visit to a page of its own.
func visit(_ number: Int) -> Visit { Visit(href: "https://example.com/\(number)") }

/// Writes a line now: standard output is a pipe.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
