// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX

extension RequestResult {
  /// Whether the endpoint refuses every request, for a reason that only its answer gives: the key, its scope, the
  /// organization, the product or the address.
  var isRefusal: Bool { !isFromProxy && (httpStatus == 401 || httpStatus == 403 || httpStatus == 404) }
}

extension OutcomeDetails {
  /// Shorter credentials would be found in any text.
  private static let minimumCredentialBytes = 8
  /// A server that hides most of a credential shows its beginning.
  private static let shownCredentialBytes = 9

  /// What the server said, unless it repeats one of the credentials, or the beginning of one, which must not get into a
  /// log or a report.
  @inline(never)
  func withheld(ifShowing credentials: [[UInt8]]) -> OutcomeDetails {
    for credential in credentials where credential.count >= OutcomeDetails.minimumCredentialBytes {
      if holds(credential, min(credential.count, OutcomeDetails.shownCredentialBytes)) {
        return OutcomeDetails(
          code: Bytes("withheld"), message: Bytes("the server's text is not shown, since it contains the credential"))
      }
    }
    return self
  }

  @inline(never)
  private func holds(_ secret: [UInt8], _ count: Int) -> Bool {
    func isIn(_ text: Bytes) -> Bool { !text.isEmpty && tpc_posix_find(text.baseAddress, text.count, secret, count) != nil }
    return isIn(code) || isIn(message) || isIn(details)
  }
}

extension MessageBuilder {
  /// The longest part of a server's code and message in a log line, which has more to say.
  private static let maximumCodeBytes = 50
  private static let maximumMessageBytes = 200

  /// Adds what a server answered, in parentheses; nothing if it gave no reason.
  mutating func add(answer words: OutcomeDetails) {
    guard !words.code.isEmpty || !words.message.isEmpty else { return }
    add(" (")
    add(words.code.part(0, UTF8Text.cut(words.code, to: MessageBuilder.maximumCodeBytes)))
    if !words.code.isEmpty && !words.message.isEmpty { add(": ") }
    add(words.message.part(0, UTF8Text.cut(words.message, to: MessageBuilder.maximumMessageBytes)))
    add(")")
  }
}
