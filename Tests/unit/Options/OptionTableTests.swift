// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("Option table")
struct OptionTableTests {
  private func name(_ option: Option) -> String { String(decoding: OptionTable.row(option).name.bytes, as: UTF8.self) }

  private func variable(_ option: Option) -> String { String(decoding: OptionTable.row(option).environmentVariable, as: UTF8.self) }

  @Test("Every option has a row of its own: a lowercase name, and a meaning")
  func names() {
    #expect(Option.allCases.count == Option.count)
    #expect(Set(Option.allCases.map(name)).count == Option.count)
    for option in Option.allCases {
      let row = OptionTable.row(option)
      #expect(row.name.bytes.allSatisfy { $0 == UInt8(ascii: "_") || ($0 >= 0x61 && $0 <= 0x7A) })
      #expect(OptionMeaning.text(option).utf8CodeUnitCount > 10, "\(name(option))")
      #expect(Options.option(named: row.name.bytes) == option)
    }
  }

  @Test("The names and defaults are the promised ones", arguments: [
    ("api_key", ""), ("bearer_token", ""), ("session_token", ""), ("organization_id", ""), ("organization_slug", ""),
    ("product_id", ""),
    ("product_slug", ""), ("environment", "production"), ("base_url", ""), ("queue_max_bytes", "16777216"),
    ("queue_max_events", "10000"),
    ("max_in_flight", "100"), ("max_connections", "8"), ("connect_timeout_ms", "3000"), ("request_timeout_ms", "10000"),
    ("delivery_timeout_ms", "300000"), ("retry_initial_ms", "500"), ("retry_max_ms", "30000"), ("max_event_bytes", "32768"),
    ("report_capacity", "0"), ("sample_rate", "1"), ("client_ip", "full"), ("ca_file", ""), ("proxy", ""),
    ("allow_insecure_http", "false"),
    ("log_level", "warn"), ("log_descriptor", "2"), ("enabled", "true"), ("dry_run", "false"), ("name", ""),
    (
      "redact_query",
      "access_token,api_key,auth,auth_token,authenticity_token,authorization,client_secret,code,code_verifier,"
        + "confirmation_token,csrf_token,csrfmiddlewaretoken,current_password,id_token,id_token_hint,"
        + "invitation_token,jsessionid,jwt,new_password,oauth_token,old_password,otp,passwd,password,"
        + "password_confirmation,phpsessid,private_key,pwd,refresh_token,reset_password_token,reset_token,"
        + "samlresponse,secret,secret_key,session,session_id,session_token,sid,sig,signature,ticket,token,"
        + "verification_token,x_amz_security_token,x_amz_signature,x_goog_signature,xsrf_token"
    ),
  ])
  func defaults(name: String, standard: String) {
    let option = withBytes(name) { Options.option(named: $0) }
    #expect(option.map { String(decoding: OptionTable.row($0).standard.bytes, as: UTF8.self) } == standard)
  }

  @Test("Every default is a value that its own option takes", arguments: Option.allCases)
  func parsesItsDefault(option: Option) throws {
    let standard = String(decoding: OptionTable.row(option).standard.bytes, as: UTF8.self)
    var options = Options()
    let number = options.number(option)
    try options.set(option, standard)
    // A text has no number.
    #expect(options.number(option) == number || number.isNaN && options.number(option).isNaN)
    #expect(String(decoding: options.text(option), as: UTF8.self) == standard)
  }

  @Test("A variable has the company's name where there is one, and otherwise TPC_ and the option's name")
  func variables() {
    #expect(variable(.baseURL) == "THE_PROMPTING_COMPANY_BASE_URL" && variable(.logLevel) == "THE_PROMPTING_COMPANY_LOG")
    for option in Option.allCases where option != .baseURL && option != .logLevel {
      #expect(variable(option) == "TPC_" + name(option).uppercased())
    }
    #expect(Set(Option.allCases.map(variable)).count == Option.count)
  }

  @Test("What may hold a credential is marked as secret, and nothing else")
  func secrets() {
    let secrets = Option.allCases.filter { OptionTable.row($0).isSecret }
    #expect(Set(secrets) == [.apiKey, .bearerToken, .sessionToken, .proxy])
  }
}
