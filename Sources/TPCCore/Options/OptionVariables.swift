// SPDX-License-Identifier: Apache-2.0

/// The environment variables of an option.
///
/// An option may have up to three, in the order in which they count: the company's own name for it, `TPC_` and the
/// option's name in capitals, and another name that the company uses. The first that is set counts.
extension OptionRow {
  /// The option's main variable.
  package var environmentVariable: [UInt8] { variable.utf8CodeUnitCount > 0 ? [UInt8](variable.bytes) : regularVariable }

  /// `TPC_` and the option's name in capitals.
  var regularVariable: [UInt8] {
    @inline(never) get {
      var variable = [UInt8](Bytes("TPC_"))
      for byte in name.bytes { variable.append(OptionRow.capital(byte)) }
      return variable
    }
  }

  private static func capital(_ byte: UInt8) -> UInt8 { byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte }

  /// The variable that counts, with its value; nil if none is set.
  @inline(never)
  func setVariable() -> (name: [UInt8], value: Bytes)? {
    if let value = OptionRow.value(of: variable) { return ([UInt8](variable.bytes), value) }
    if let value = regularValue { return (regularVariable, value) }
    return OptionRow.value(of: otherVariable).map { ([UInt8](otherVariable.bytes), $0) }
  }

  @inline(never)
  private static func value(of variable: StaticString) -> Bytes? {
    variable.utf8CodeUnitCount > 0 ? Environment.value(terminated: variable.utf8Start) : nil
  }

  /// The value of `regularVariable`. Its name is not made in memory of its own: most variables are not set.
  private var regularValue: Bytes? {
    var variable = InlineArray<64, UInt8>(repeating: 0)
    let prefix = Bytes("TPC_")
    for offset in 0..<prefix.count { variable[offset] = prefix[offset] }
    for offset in 0..<min(name.utf8CodeUnitCount, 59) { variable[prefix.count &+ offset] = OptionRow.capital(name.bytes[offset]) }
    return variable.span.withUnsafeBufferPointer { $0.baseAddress.flatMap { Environment.value(terminated: $0) } }
  }

  /// Whether a variable of this name, which is not empty, is the option's.
  @inline(never)
  func reads(_ name: Bytes) -> Bool {
    if name.matches(variable) || name.matches(otherVariable) { return true }
    let regular = self.name.bytes
    guard name.count == regular.count &+ 4, name.part(0, 4).matches("TPC_") else { return false }
    for offset in 0..<regular.count where name[offset &+ 4] != OptionRow.capital(regular[offset]) { return false }
    return true
  }
}

extension Options {
  /// The path of the contract's endpoint.
  static let endpointPath: StaticString = "/api/v1/analytics/events"

  /// A server's URL without the contract's path, or what it has of it: people copy the endpoint's URL, or stop at /api.
  static func server(_ url: Bytes) -> Bytes {
    let path = endpointPath.bytes
    var end = url.count
    while end > 0, url[end &- 1] == UInt8(ascii: "/") { end &-= 1 }
    var length = path.count
    while length > 0 {
      let start = end &- length
      // A host is never taken for a path.
      if length == path.count || path[length] == UInt8(ascii: "/"), start > 0, url[start &- 1] != UInt8(ascii: "/"),
        url.part(start, end).matches(path.part(0, length))
      {
        return url.part(0, start)
      }
      length &-= 1
    }
    return url.part(0, end)
  }

  /// The value of a variable as the option takes it. TPC_API_URL is a whole endpoint.
  static func value(_ value: Bytes, of variable: [UInt8]) throws(Failure) -> Bytes {
    let isEndpoint = variable.withUnsafeBufferPointer { $0.matches("TPC_API_URL") }
    guard isEndpoint else { return value }
    let length = value.count &- endpointPath.utf8CodeUnitCount
    guard length > 0, value.tail(length).matches(endpointPath) else {
      throw Failure(
        .invalidOption, field: variable,
        message: [UInt8](Bytes("found another text; expected the endpoint's URL, which ends with /api/v1/analytics/events")))
    }
    return value
  }
}
