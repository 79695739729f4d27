// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import TPCCore

/// Each test runs in a process of its own, since an environment is its process's and no other thread may read it while it changes.
@Suite("Options from the environment")
struct EnvironmentTests {
  @Test("Every option is taken from its variable")
  func everyOption() async {
    await #expect(processExitsWith: .success) {
      for option in Option.allCases {
        let row = OptionTable.row(option)
        let value = switch row.kind {
        case .integer(let range): String(range.upperBound)
        case .ratio: "0.5"
        case .boolean: row.standard.bytes.first == UInt8(ascii: "t") ? "false" : "true"
        case .choice(let words): String(String(decoding: words.bytes, as: UTF8.self).split(separator: "|").last ?? "")
        default: "text-of-\(option.rawValue)"
        }
        setenv(String(decoding: row.environmentVariable, as: UTF8.self), value, 1)
        var options = Options()
        try options.loadEnvironment()
        #expect(String(decoding: options.text(option), as: UTF8.self) == value)
      }
    }
  }

  @Test("An empty variable counts as unset, and what was set before stays")
  func empty() async {
    await #expect(processExitsWith: .success) {
      setenv("TPC_MAX_IN_FLIGHT", "", 1)
      setenv("TPC_MAX_CONNECTIONS", "3", 1)
      var options = Options()
      try options.set(.maxInFlight, "7")
      try options.set(.maxConnections, "5")
      try options.loadEnvironment()
      #expect(options.integer(.maxInFlight) == 7 && options.integer(.maxConnections) == 3)
    }
  }

  @Test("A bad value names the variable, shows nothing of it, and changes nothing")
  func badValue() async {
    await #expect(processExitsWith: .success) {
      setenv("TPC_API_KEY", "good", 1)
      setenv("THE_PROMPTING_COMPANY_LOG", "s3cret", 1)
      var options = Options()
      let found = failure { () throws(Failure) in try options.loadEnvironment() }
      #expect(found?.status == .invalidOption && found?.fieldText == "THE_PROMPTING_COMPANY_LOG")
      #expect(found?.messageText.contains("off, error, warn, info, debug") == true && found?.description.contains("s3cret") == false)
      #expect(!options.isSet(.apiKey))
    }
  }

  @Test("New options read nothing from the environment")
  func defaultsReadNothing() async {
    await #expect(processExitsWith: .success) {
      setenv("TPC_API_KEY", "from the environment", 1)
      #expect(!Options().isSet(.apiKey))
    }
  }
}
