// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TPCCore

@Suite("The file of agents")
struct AgentsFileTests {
  /// The agents of a file, or the message of its fault.
  private func read(_ text: String) -> (agents: AddedAgents, fault: String?) {
    let agents = AddedAgents()
    var fault: String?
    withBytes(text) { bytes in
      do throws(Failure) { try AgentsFile.read(bytes, into: agents) } catch { fault = String(decoding: error.message, as: UTF8.self) }
    }
    return (agents, fault)
  }

  private func row(_ name: String = "AcmeBot", _ operatorName: String = "Acme", _ purpose: String = "user") -> String {
    #"{"name":"\#(name)","operator":"\#(operatorName)","purpose":"\#(purpose)"}"#
  }

  private func named(_ userAgent: String, _ agents: AddedAgents) -> [String]? {
    withBytes(userAgent) { text in
      AIAgent.named(in: text, agents).map { [string($0.name), string($0.operatorName), string($0.purpose.name.bytes)] }
    }
  }

  @Test("Agents of the file are named, come before the table's, and leave the others of the table")
  func names() {
    let (agents, fault) = read("[\(row()), \(row("CCBot", "Somebody", "agent"))]")
    #expect(fault == nil && agents.count == 2)
    #expect(named("x (ACMEBOT/1.0)", agents) == ["AcmeBot", "Acme", "user"])
    #expect(named("CCBot/2.0", agents) == ["CCBot", "Somebody", "agent"])
    #expect(named("GPTBot/1.2", agents) == ["GPTBot", "OpenAI", "training"])
    #expect(named("AcmeBots", agents) == nil && named("notAcmeBot", agents) == nil)
  }

  @Test("As many agents as the limit are all found")
  func many() {
    let rows = (0..<AgentsFile.maximumRows).map { row("Bot\($0)", "Acme \($0)") }
    let (agents, fault) = read("[\(rows.joined(separator: ","))]")
    #expect(fault == nil)
    for number in 0..<AgentsFile.maximumRows { #expect(named("bot\(number)", agents)?[1] == "Acme \(number)") }
    #expect(read("[\((rows + [row()]).joined(separator: ","))]").fault == "the file: expected at most 1,000 agents")
  }

  @Test("A fault is told with its place, and without the file's own text")
  func faults() {
    let texts: [(String, String)] = [
      ("", "the file, line 1, byte 1: expected a JSON value"), ("[\n\n x]", "the file, line 3, byte 2: expected "),
      ("{}", "the file: expected an array of agents"), ("null", "the file: expected an array of agents"),
      ("[5]", "the file, /0: expected an object with name, operator and purpose"),
      (String(repeating: "[", count: 17) + String(repeating: "]", count: 17), "the file, line 1, byte 17: expected at most 16 levels"),
      ("[\(row()),{}]", "the file, /1/name: expected 1 to 64 letters"), ("[\(row("a b"))]", "the file, /0/name: "),
      ("[\(row(""))]", "the file, /0/name: "), ("[\(row("é"))]", "the file, /0/name: "),
      ("[\(row(String(repeating: "a", count: 65)))]", "the file, /0/name: "), ("[\(row("a/b"))]", "the file, /0/name: "),
      ("[\(row("a", ""))]", "the file, /0/operator: "), (#"[\#(row("a", #"\""#))]"#, "the file, /0/operator: "),
      (#"[\#(row("a", #"\\"#))]"#, "the file, /0/operator: "), (#"[\#(row("a", #"\n"#))]"#, "the file, /0/operator: "),
      ("[\(row("a", "b", "reading"))]", "the file, /0/purpose: expected training, search, user or agent"),
      ("[\(row("a", "b", "t"))]", "the file, /0/purpose: "), ("[\(row()),\(row("ACMEBOT"))]", "the file, /1/name: expected each agent once"),
      (#"[{"name":"a","name":"a"}]"#, "the file, line 1, byte "), (#"[{"a":123456789012345678901234567890}]"#, "the file, line 1, byte "),
      (#"["\u0000"]"#, "the file, line 1, byte "),
    ]
    for (text, expected) in texts {
      let fault = read(text).fault
      #expect(fault?.hasPrefix(expected) == true, "\(text.prefix(60)): \(fault ?? "taken")")
    }
  }

  @Test("Sixteen levels are taken, brackets in texts are none, and members that are not asked for may be anything")
  func levels() {
    let nested = String(repeating: "[", count: 14) + #""[[[[\"[[[{{{\\""# + String(repeating: "]", count: 14)
    let text = #"[{"name":"AcmeBot","operator":"Acme","purpose":"user","more":\#(nested)}]"#
    #expect(read(text).fault == nil)
  }
}
