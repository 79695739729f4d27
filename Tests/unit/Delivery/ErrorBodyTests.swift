// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Testing

@testable import TPCCore

@Suite("Bodies of refusals")
struct ErrorBodyTests {
  private struct Words: Equatable {
    var code = ""
    var message = ""
    var details = ""
  }

  private func read(_ body: String) -> Words {
    withBytes(body) { bytes in
      let body = ErrorBody(bytes)
      let words = body.words
      return Words(code: string(words.code), message: string(words.message), details: string(words.details))
    }
  }

  @Test(
    "Code and message are returned as text, the details as they were written, without the whitespace between their parts",
    arguments: [
      (#"{"ok":false,"code":"bad","message":"No: “page”","details":{"path":["page",0],"n":null}}"#, "bad", "No: “page”", #"{"path":["page",0],"n":null}"#),
      (#" { "details" : [ 1.50 , "a b\" \\" , { } ] , "code":"\u00e9\n" } "#, "é\n", "", #"[1.50,"a b\" \\",{}]"#),
      (#"{"c\u006fde":"a","code":"b","message":7,"details":null}"#, "b", "", "null"),
      (#"{"code":"a\u0000b","message":"\u0000","details":"\u0000"}"#, "a", "", #""\u0000""#),
      (#"{"code":"\ud800","message":"m"}"#, "\u{FFFD}", "m", ""), (#"{"error":{"code":"a"}}"#, "", "", ""),
    ])
  func tells(body: String, code: String, message: String, details: String) {
    #expect(read(body) == Words(code: code, message: message, details: details))
  }

  @Test("A body that is not a JSON object is ignored", arguments: ["", "[]", "null", "\"code\"", #"{"code":"a""#, #"{"code":"a"} x"#, "<html>", #"{"code":'a'}"#])
  func saysNothing(body: String) {
    #expect(read(body) == Words())
  }

  /// As much stack as the sender has.
  private func onSendersStack(_ body: @escaping () -> Void) {
    final class Context { var body: () -> Void = {} }
    let context = Context()
    context.body = body
    let thread = Thread(
      { context in
        if let context { Unmanaged<Context>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, Unmanaged.passRetained(context).toOpaque())
    thread?.join()
  }

  @Test("Deep nesting costs no stack", arguments: [("[", "]"), (#"{"a":"#, "}")], ["details", "other"])
  func depth(_ brackets: (String, String), member: String) {
    for depth in [1, 510, 511, 512, 1700, 2040, 16_000] {
      let open = String(repeating: brackets.0, count: depth)
      let value = open + (brackets.0 == "[" ? "" : "1") + String(repeating: brackets.1, count: depth)
      let body = #"{"code":"c","message":"m","\#(member)":\#(value)}"#
      onSendersStack {
        // The reader takes 512 levels, the body's own among them.
        let wanted = depth < 512 ? Words(code: "c", message: "m", details: member == "details" ? value : "") : Words()
        #expect(read(body) == wanted, "\(depth) levels")
      }
    }
  }
}
