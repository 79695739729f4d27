// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Unknown options")
struct OptionNameTests {
  private func refusal(_ name: String) -> Failure? {
    withBytes(name) { name in
      failure { () throws(Failure) in
        var options = Options()
        try options.set(name, Bytes("1"))
      }
    }
  }

  @Test(
    "For a name that is nearly an option, the nearest one is suggested",
    arguments: [
      ("apikey", "api_key"), ("api-key", "api_key"), ("API_KEY", "api_key"), ("ApiKey", "api_key"), ("bearer_tokn", "bearer_token"),
      ("max_inflight", "max_in_flight"), ("max_connection", "max_connections"), ("base-url", "base_url"), ("baseurl", "base_url"),
      ("retry_max", "retry_max_ms"), ("queue_max_event", "queue_max_events"), ("sampl_rate", "sample_rate"), ("dryrun", "dry_run"),
      ("enable", "enabled"), ("organisation_id", "organization_id"), ("log-level", "log_level"),
      ("delivery_timeout", "delivery_timeout_ms"),
    ])
  func offers(name: String, nearest: String) {
    let found = refusal(name)
    #expect(found?.status == .invalidOption)
    #expect(found?.messageText == "is not an option; did you mean \(nearest)?")
  }

  @Test(
    "For a name that resembles no option, nothing is suggested",
    arguments: [
      "", "x", "frobnicate", "zzzzzzzzzzzz", String(repeating: "a", count: 1000),
    ])
  func offersNothing(name: String) {
    #expect(refusal(name)?.messageText == "is not an option; libtpc's docs/options.md lists them")
  }

  @Test("The name is shown when it looks like one, and not when it may be a credential")
  func showsPlainNames() {
    #expect(refusal("max_inflight")?.fieldText == "max_inflight")
    for name in ["sk-Live-1234", "tpc_KEY9", String(repeating: "a", count: 41), "a\nb", ""] {
      #expect(refusal(name)?.fieldText == "")
      #expect(refusal(name)?.description.contains("1234") == false)
    }
  }

  @Test("Every name is known only exactly as it is written", arguments: Option.allCases)
  func exact(option: Option) {
    let name = String(decoding: OptionTable.row(option).name.bytes, as: UTF8.self)
    #expect(withBytes(name) { Options.option(named: $0) } == option)
    for other in [name.uppercased(), name + " ", name + "\u{0}", String(name.dropLast()), "_" + name] {
      #expect(withBytes(other) { Options.option(named: $0) } == nil)
    }
  }
}
