// SPDX-License-Identifier: Apache-2.0

/// The options of a client, with defaults for those that are not set.
///
///     var options = Options()
///     try options.set(.apiKey, "…")
///     try options.set("max_in_flight", "50")
package struct Options {
  /// Each option's value as the text that set it; nil if it has its default. `numbers` has the parsed values.
  private var texts = [[UInt8]?](repeating: nil, count: Option.count)
  private var numbers = [Double](repeating: 0, count: Option.count)
  /// Whether the API key, or its file, is the environment's: then whichever of the two is set replaces both.
  private var hasKeyOfEnvironment = false
  private(set) var unread = UnreadVariables()

  /// The longest value of an option, in bytes.
  static let maximumBytes = 4096

  /// Creates the options with their defaults. Reads neither environment nor files.
  @export(interface)
  package init() {}

  /// Sets one option from text. Fails with `invalidOption` if the option does not accept the value.
  package mutating func set(_ option: Option, _ value: Bytes) throws(Failure) {
    let name = [UInt8](OptionTable.row(option).name.bytes)
    try set(option, value, reportedAs: name)
    guard hasKeyOfEnvironment, option == .apiKey || option == .apiKeyFile else { return }
    texts[(option == .apiKey ? Option.apiKeyFile : .apiKey).rawValue] = nil
    hasKeyOfEnvironment = false
  }

  /// Sets the API key that was read from a file. A failure names the option that led to it.
  mutating func setKey(_ key: Bytes, of source: Option) throws(Failure) {
    try set(.apiKey, key, reportedAs: [UInt8](OptionTable.row(source).name.bytes))
  }

  @inline(never)
  private mutating func forgetKey() {
    texts[Option.apiKey.rawValue] = nil
    texts[Option.apiKeyFile.rawValue] = nil
    hasKeyOfEnvironment = false
  }

  /// Sets one option by name. For an unknown name, the failure suggests the most similar option.
  @export(interface)
  package mutating func set(_ name: Bytes, _ value: Bytes) throws(Failure) {
    guard let option = Options.option(named: name) else { throw Options.unknown(name) }
    try set(option, value)
  }

  package static func option(named name: Bytes) -> Option? {
    for option in Option.allCases where name.matches(OptionTable.row(option).name) { return option }
    return nil
  }

  private mutating func set(_ option: Option, _ value: Bytes, reportedAs name: [UInt8]) throws(Failure) {
    let number = try OptionValue.parse(OptionTable.row(option), value, name)
    texts[option.rawValue] = [UInt8](value)
    numbers[option.rawValue] = number
  }

  /// Sets every option that the environment defines; an empty variable counts as unset. If a value is invalid, nothing
  /// changes, and the failure's field is the variable. Must not run while another thread changes the environment
  /// (getenv(3)).
  @export(interface)
  package mutating func loadEnvironment() throws(Failure) {
    var loaded = self
    loaded.unread.find()
    for option in Option.allCases {
      guard let found = OptionTable.row(option).setVariable() else { continue }
      if option == .apiKey || option == .apiKeyFile && !loaded.hasKeyOfEnvironment { loaded.forgetKey() }
      try loaded.set(option, Options.value(found.value, of: found.name), reportedAs: found.name)
      if option == .apiKey || option == .apiKeyFile { loaded.hasKeyOfEnvironment = true }
    }
    self = loaded
  }

  // MARK: Reading

  func text(_ option: Option) -> [UInt8] { texts[option.rawValue] ?? [UInt8](OptionTable.row(option).standard.bytes) }

  /// `text` for the tool.
  @export(interface)
  package func value(_ option: Option) -> [UInt8] { text(option) }

  @inline(never)
  func isSet(_ option: Option) -> Bool { !(texts[option.rawValue] ?? []).isEmpty }

  @export(interface)
  package func integer(_ option: Option) -> Int64 { Int64(number(option)) }

  /// The index of a choice's word among the choices.
  func choice(_ option: Option) -> Int { Int(number(option)) }

  @export(interface)
  package func boolean(_ option: Option) -> Bool { number(option) != 0 }

  func number(_ option: Option) -> Double {
    if texts[option.rawValue] != nil { return numbers[option.rawValue] }
    let row = OptionTable.row(option)
    return (try? OptionValue.parse(row, row.standard.bytes, [])) ?? 0
  }

  /// The first option that is set here and has another value there; nil if there is none. The name does not count.
  @inline(never)
  func difference(from other: Options) -> Option? {
    for index in 0..<Option.count where texts[index] != nil {
      guard let option = Option(rawValue: index), option != .name else { continue }
      // A number may be written in several ways; a text has none, so its number differs from itself.
      if number(option) != other.number(option) && !hasSame(option, other) { return option }
    }
    return nil
  }

  @inline(never)
  func hasSame(_ option: Option, _ other: Options) -> Bool {
    text(option).withUnsafeBufferPointer { own in other.text(option).withUnsafeBufferPointer { own.matches($0) } }
  }

  // MARK: Unknown names

  private static func unknown(_ name: Bytes) -> Failure {
    var message = MessageBuilder()
    message.add("is not an option")
    if let nearest = nearest(to: name) {
      message.add("; did you mean ")
      message.add(OptionTable.row(nearest).name)
      message.add("?")
    } else {
      message.add("; libtpc's docs/options.md lists them")
    }
    // Names are written by the programmer, but a mistaken call may pass a credential as the name: show only what looks
    // like an option's name.
    let plain = name.count <= 40 && name.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == UInt8(ascii: "_") }
    return Failure(.invalidOption, field: plain ? [UInt8](name) : [], message: message.text)
  }

  /// The option whose name takes the fewest edits, if they are few. Case and a flag's dashes do not count as edits.
  @export(interface)
  package static func nearest(to name: Bytes) -> Option? {
    guard name.count <= 64 else { return nil }
    // A variable's name is often taken for the option's.
    let own = name.part(0, 4).matchesIgnoringCase("tpc_") ? name.tail(4) : name
    let wanted = own.map { byte -> UInt8 in
      byte == UInt8(ascii: "-") ? UInt8(ascii: "_") : byte.lowercased
    }
    var best: (option: Option, edits: Int)?
    for option in Option.allCases {
      let edits = editDistance(wanted, [UInt8](OptionTable.row(option).name.bytes))
      if edits < best?.edits ?? (max(2, wanted.count / 3) + 1) { best = (option, edits) }
    }
    return best?.option
  }

  /// The Levenshtein distance.
  package static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let replaced = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
