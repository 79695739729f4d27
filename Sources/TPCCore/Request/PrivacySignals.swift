// SPDX-License-Identifier: Apache-2.0

/// What is done about people whose browsers ask not to be tracked: the choices of the option `privacy_signals`, in its order.
enum PrivacySignals: Int {
  case ignore, minimal, leaveOut

  /// Whether a browser asks for it: with Global Privacy Control, or with the older Do Not Track.
  static func areSent(_ request: borrowing WebRequest) -> Bool { isOn(request.part(.secGPC)) || isOn(request.part(.dnt)) }

  /// Do Not Track may have more after its 1. A header that was sent twice is on if one of the two is: `0, 1`.
  @inline(never)
  private static func isOn(_ header: Bytes?) -> Bool {
    header?.first { $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "0") } == UInt8(ascii: "1")
  }

  /// Honors a person's request, unless signals are ignored: returns the rule if the visit is left out, and otherwise takes the
  /// address and the ids out of it, whoever put them there. Null rather than absent, so that nothing fills them in later.
  func apply(
    _ request: borrowing WebRequest, to visit: inout PageVisit, _ settings: CompletionSettings
  ) throws(Failure) -> LeftOut? {
    guard self != .ignore, PrivacySignals.areSent(request), settings.isOfPerson(visit) else { return nil }
    if self == .leaveOut { return .privacySignal }
    try visit.setNull(.requestClientIp)
    try visit.setNull(.sessionId)
    try visit.setNull(.anonymousId)
    return nil
  }
}
