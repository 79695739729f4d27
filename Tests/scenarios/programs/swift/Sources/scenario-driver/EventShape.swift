// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Which of the contract-shaped events the setters of `PageVisit` can express, and how.
enum EventShape {
  /// The object that holds each field ("" for the event) and the field's name.
  private static let places = Field.allCases.map { field in
    let path = "\(field.pointer)".split(separator: "/").map(String.init)
    return (field: field, object: path.count == 1 ? "" : path[0], name: path[path.count - 1])
  }

  static func isSettable(_ event: JSON) -> Bool {
    guard let members = event.members, members["page"] != nil else { return false }
    return members.allSatisfy { name, value in
      switch name {
      // An empty object has nothing that could be set.
      case "properties": value.members?.isEmpty == false && value.members?.values.allSatisfy(isProperty) == true
      case "page", "request", "sdk":
        value.members?.isEmpty == false && value.members?.allSatisfy { isField(name, $0, $1) } == true
      default: isField("", name, value)
      }
    }
  }

  private static func isField(_ object: String, _ name: String, _ value: JSON) -> Bool {
    (value.text != nil || value.isNull) && places.contains { $0.object == object && $0.name == name }
  }

  private static func isProperty(_ value: JSON) -> Bool {
    switch value {
    case .list, .object: false
    default: true
    }
  }

  static func fill(_ visit: inout PageVisit, from event: JSON) throws(Failure) {
    for (field, object, name) in places {
      guard let value = object.isEmpty ? event[name] : event[object]?[name] else { continue }
      if let text = value.text { try visit.set(field, text) } else { try visit.setNull(field) }
    }
    for (key, value) in event["properties"]?.members ?? [:] { try setProperty(&visit, key, value) }
  }

  private static func setProperty(_ visit: inout PageVisit, _ key: String, _ value: JSON) throws(Failure) {
    switch value {
    case .text(let value): try visit.setProperty(key, value)
    case .integer(let value): try visit.setProperty(key, value)
    case .number(let value): try visit.setProperty(key, value)
    case .boolean(let value): try visit.setProperty(key, value)
    default: try visit.setNullProperty(key)
    }
  }
}
