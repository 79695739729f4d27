// SPDX-License-Identifier: Apache-2.0

/// The value of one of a visit's properties: text, a number, a boolean or null.
///
/// Literals are properties, and the cases take what variables hold:
///
/// ```swift
/// var visit = Visit(href: "https://example.com/pricing")
/// visit.properties = ["plan": "pro", "seats": 3, "discount": 0.5, "trial": true, "coupon": nil]
/// let (plan, seats) = ("pro", 3)
/// visit.properties = ["plan": .string(plan), "seats": .integer(seats)]
/// ```
public enum Property: Sendable {
  /// Text.
  case string(String)
  /// A whole number.
  case integer(Int)
  /// Any other number. The contract has no infinity and no NaN: `track` refuses them.
  case number(Double)
  /// True or false.
  case boolean(Bool)
  /// JSON's null.
  case null
}

extension Property: Hashable {
  /// Whether both are the same value of JSON, which has one kind of number: 3 and 3.0 are equal.
  ///
  /// ```swift
  /// let isPaid = visit.properties["price"] == 3.0
  /// ```
  public static func == (first: Property, second: Property) -> Bool {
    switch (first, second) {
    case (.string(let first), .string(let second)): first == second
    case (.integer(let first), .integer(let second)): first == second
    case (.number(let first), .number(let second)): first == second
    case (.integer(let whole), .number(let number)), (.number(let number), .integer(let whole)): Int(exactly: number) == whole
    case (.boolean(let first), .boolean(let second)): first == second
    case (.null, .null): true
    case (.string, _), (.integer, _), (.number, _), (.boolean, _), (.null, _): false
    }
  }

  /// Hashes the value of JSON.
  ///
  /// ```swift
  /// let plans: Set<Property> = ["free", "pro"]
  /// ```
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .string(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .number(let value): if let whole = Int(exactly: value) { hasher.combine(whole) } else { hasher.combine(value) }
    case .boolean(let value): hasher.combine(value)
    case .null: break
    }
  }
}

extension Property: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  /// Text.
  ///
  /// ```swift
  /// visit.properties["plan"] = "pro"
  /// ```
  public init(stringLiteral value: String) { self = .string(value) }

  /// A whole number.
  ///
  /// ```swift
  /// visit.properties["seats"] = 3
  /// ```
  public init(integerLiteral value: Int) { self = .integer(value) }

  /// A number.
  ///
  /// ```swift
  /// visit.properties["discount"] = 0.5
  /// ```
  public init(floatLiteral value: Double) { self = .number(value) }

  /// True or false.
  ///
  /// ```swift
  /// visit.properties["trial"] = true
  /// ```
  public init(booleanLiteral value: Bool) { self = .boolean(value) }

  /// JSON's null, in a literal of a dictionary. `properties["coupon"] = nil` removes the property instead, as with every dictionary.
  ///
  /// ```swift
  /// visit.properties = ["coupon": nil]
  /// ```
  public init(nilLiteral: ()) { self = .null }
}

extension Property: Codable {
  /// Reads text, a number, a boolean or null. Fails for an array or an object, which the contract does not take.
  ///
  /// ```swift
  /// let properties = try JSONDecoder().decode([String: Property].self, from: Data(#"{"plan": "pro"}"#.utf8))
  /// ```
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else {
      throw DecodingError.typeMismatch(
        Property.self,
        .init(codingPath: decoder.codingPath, debugDescription: "expected a string, a number, a boolean or null"))
    }
  }

  /// Writes the value itself, as in `"plan": "pro"`.
  ///
  /// ```swift
  /// let json = try JSONEncoder().encode(["plan": Property.string("pro")])
  /// ```
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .string(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .boolean(let value): try container.encode(value)
    case .null: try container.encodeNil()
    }
  }
}
