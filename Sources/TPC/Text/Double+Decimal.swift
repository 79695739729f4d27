// SPDX-License-Identifier: Apache-2.0

extension Double {
  /// The number without an exponent and with at most 18 digits, as the core reads it.
  var decimal: String {
    let text = description
    guard text.contains("e") || text.utf8.count > 19, self > 0, self < 1 else { return text }
    let digits = "\(Int64((self * 1e17).rounded()))"
    return "0." + String(repeating: "0", count: max(0, 17 - digits.utf8.count)) + digits
  }
}
