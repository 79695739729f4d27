// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// A field map that is given with `--format`: a JSON object whose members name what to read, and whose values say where the log has it.
enum WrittenMap {
  /// The names that a map may have.
  private static let names: [(name: StaticString, meaning: MemberMeaning)] = [
    ("time", .field(.time)), ("date", .field(.date)), ("time_of_day", .field(.timeOfDay)), ("client", .field(.client)),
    ("forwarded_for", .field(.forwardedFor)), ("host", .field(.host)), ("scheme", .field(.scheme)), ("request", .field(.requestLine)),
    ("method", .field(.method)), ("target", .field(.target)), ("path", .field(.path)), ("query", .field(.query)), ("url", .url),
    ("status", .field(.status)), ("bytes", .field(.bytes)), ("referrer", .field(.referrer)), ("user_agent", .field(.userAgent)),
    ("request_id", .field(.requestID)),
  ]

  private static let timeForms: [(name: StaticString, form: TimeForm)] = [
    ("combined", .combined), ("iso", .iso), ("seconds", .seconds), ("milliseconds", .milliseconds), ("microseconds", .microseconds),
    ("nanoseconds", .nanoseconds),
  ]

  private static let textForms: [(name: StaticString, form: TextForm)] = [
    ("plain", .plain), ("escaped", .escaped), ("percent_encoded", .percentEncoded), ("plus_for_space", .plusForSpace),
  ]

  static let missing = MissingMembers(
    time: "has no member that the field map names for time", method: "has no member that the field map names for method or request",
    target: "has no member that the field map names for target, path, url or request",
    status: "has no member that the field map names for status")

  /// Reads a map. Fails for a name that no map has, a value that is not a path, and a map without what every request has.
  static func read(_ json: Bytes) throws(UsageError) -> (map: JSONMap, tree: MemberTree) {
    let tree = MemberTree()
    var map = JSONMap(members: [], missing: missing)
    var given = MemberValues()
    var count = 0
    var cursor = JSONCursor(json)
    guard cursor.enterObject() else { throw usage("found JSON that is not an object; expected a field map") }
    while let name = cursor.nextMember() {
      let value = cursor.skipValue()
      if name.matches("time_form") {
        map.time = try timeForm(value)
      } else if name.matches("text_form") {
        map.texts = try textForm(value)
      } else {
        let meaning = try meaning(of: name)
        try add(value, meaning, to: tree, &count)
        given.set(MemberTree.Rule(meaning: meaning.index, rank: 0), Bytes("given"))
      }
    }
    try require(given)
    return (map, tree)
  }

  static func usage(_ message: StaticString) -> UsageError { UsageError(flag: Bytes("format"), [UInt8](message)) }

  /// Fails for a map that has not what every request has.
  static func require(_ given: MemberValues) throws(UsageError) {
    let hasTime = given.has(.time) || given.has(.date) && given.has(.timeOfDay)
    let hasTarget = given.has(.target) || given.has(.path) || given.has(.url)
    guard hasTime, given.has(.status), given.has(.requestLine) || given.has(.method) && hasTarget else {
      throw usage(
        """
        the field map lacks what a visit needs: time (or date and time_of_day), status, and request, or method with target, path or url
        """)
    }
  }

  private static func meaning(of name: Bytes) throws(UsageError) -> MemberMeaning {
    for known in names where name.matches(known.name) { return known.meaning }
    var message = MessageBuilder()
    message.add("found a name that no field map has; accepted are ")
    for known in names {
      message.add(known.name)
      message.add(", ")
    }
    message.add("time_form and text_form")
    throw UsageError(flag: Bytes("format"), message.text)
  }

  /// A path, or an array of them in the order of preference.
  private static func add(_ value: Bytes, _ meaning: MemberMeaning, to tree: MemberTree, _ count: inout Int) throws(UsageError) {
    var cursor = JSONCursor(value)
    guard cursor.enterArray() else { return try add(path: value, meaning, to: tree, &count) }
    while let element = cursor.nextElement() { try add(path: element, meaning, to: tree, &count) }
  }

  private static func add(path quoted: Bytes, _ meaning: MemberMeaning, to tree: MemberTree, _ count: inout Int) throws(UsageError) {
    var path = ByteBuffer()
    guard quoted.first == UInt8(ascii: "\"") else {
      throw usage("found a value in the field map that is not a text; expected a member's path")
    }
    guard JSONString.decode(quoted.part(1, quoted.count - 1), into: &path) else { throw .memory }
    count += 1
    guard count <= MemberTree.mostMembers else { throw usage("found more than 200 paths in the field map") }
    guard let node = MemberPath.add(path.bytes, to: tree) else {
      throw usage(
        "found a value in the field map that is not a path; expected one such as request.headers.User-Agent[0], or a JSON Pointer")
    }
    tree.setMeaning(meaning, of: node)
  }

  private static func timeForm(_ value: Bytes) throws(UsageError) -> TimeForm {
    for known in timeForms where value.part(1, value.count - 1).matches(known.name) { return known.form }
    throw usage(
      "found an unknown time_form in the field map; accepted are combined, iso, seconds, milliseconds, microseconds and nanoseconds")
  }

  private static func textForm(_ value: Bytes) throws(UsageError) -> TextForm {
    for known in textForms where value.part(1, value.count - 1).matches(known.name) { return known.form }
    throw usage("found an unknown text_form in the field map; accepted are plain, escaped, percent_encoded and plus_for_space")
  }
}
