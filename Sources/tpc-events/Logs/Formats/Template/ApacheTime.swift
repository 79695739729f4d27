// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What Apache's `%t` and `%{…}t` write.
struct ApacheTime {
  let value: TemplateValue
  let form: TimeForm
  let hasBrackets: Bool
  /// Whether the time has no offset.
  let isUTCAssumed: Bool

  private init(_ value: TemplateValue, _ form: TimeForm, hasBrackets: Bool = false, isUTCAssumed: Bool = false) {
    self.value = value
    self.form = form
    self.hasBrackets = hasBrackets
    self.isUTCAssumed = isUTCAssumed
  }

  /// Fails for a form that is not known.
  init(_ directive: ApacheDirective) throws(UsageError) {
    var format = directive.argument
    for prefix: StaticString in ["begin:", "end:"] where format.part(0, prefix.bytes.count).matches(prefix) {
      format = format.part(prefix.bytes.count, format.count)
    }
    let usual = ApacheTime(.field(.time), .combined, hasBrackets: directive.argument.isEmpty)
    guard let found = format.isEmpty ? usual : ApacheTime.named(format) ?? ApacheTime.strftime(format) else {
      var message = MessageBuilder()
      message.add(directive.text)
      message.add(" is a time that cannot be read; expected %t, sec, msec or usec, or a whole time such as %{%Y-%m-%dT%H:%M:%S%z}t")
      throw UsageError(flag: Bytes("format"), message.text)
    }
    self = found
  }

  private static func named(_ name: Bytes) -> ApacheTime? {
    if name.matches("sec") { return ApacheTime(.field(.time), .seconds) }
    if name.matches("msec") { return ApacheTime(.field(.time), .milliseconds) }
    if name.matches("usec") { return ApacheTime(.field(.time), .microseconds) }
    return name.matches("msec_frac") || name.matches("usec_frac") ? ApacheTime(.fraction, .combined) : nil
  }

  /// A date, a time of day, or both with or without an offset, as strftime(3) writes them.
  private static func strftime(_ format: Bytes) -> ApacheTime? {
    if format.matches("%s") { return ApacheTime(.field(.time), .seconds) }
    if format.matches("%z") { return ApacheTime(.offset, .combined) }
    if format.matches("%Z") { return ApacheTime(.ignored, .combined) }
    if format.matches("%Y-%m-%d") || format.matches("%F") { return ApacheTime(.field(.date), .iso, isUTCAssumed: true) }
    if format.matches("%H:%M:%S") || format.matches("%T") { return ApacheTime(.field(.timeOfDay), .iso, isUTCAssumed: true) }
    var rest = format
    let form: TimeForm
    if take(["%Y-%m-%d", "%F"], &rest) {
      guard take(["T", "t", " "], &rest), take(["%H:%M:%S", "%T"], &rest) else { return nil }
      form = .iso
    } else if take(["%d/%b/%Y:"], &rest) {
      guard take(["%H:%M:%S", "%T"], &rest) else { return nil }
      form = .combined
    } else {
      return nil
    }
    if rest.isEmpty { return ApacheTime(.field(.time), form, isUTCAssumed: true) }
    if form == .iso { _ = take([" "], &rest) } else if !take([" "], &rest) { return nil }
    let isOffset = rest.matches("%z") || form == .iso && rest.matches("Z")
    return isOffset ? ApacheTime(.field(.time), form) : nil
  }

  private static func take(_ choices: [StaticString], _ text: inout Bytes) -> Bool {
    for choice in choices where text.part(0, choice.bytes.count).matches(choice) {
      text = text.part(choice.bytes.count, text.count)
      return true
    }
    return false
  }
}
