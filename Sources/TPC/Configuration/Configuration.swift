// SPDX-License-Identifier: Apache-2.0

#if Logging
  public import Logging
#endif
internal import TPCCore

/// The options of ``PageVisits``.
///
/// What is not set here comes from the environment, such as `TPC_API_KEY`, and else has its default:
///
/// ```swift
/// var configuration = Configuration()
/// configuration.trustedProxies = ["private"]
/// configuration.deliveryTimeout = .seconds(600)
/// let visits = try PageVisits(configuration)
/// ```
///
/// A property is named like its option in the table of options (docs/options.md), without `_ms`: times are a `Duration`, and are
/// rounded up to milliseconds. Values are checked when a ``PageVisits`` is made, or by ``validate()``. Printing a configuration shows
/// what is set, and never a secret.
public struct Configuration: Sendable {
  /// What is set, as the core takes it.
  private var texts: [TPCCore.Option: String] = [:]

  #if Logging
    /// Where the library's log lines go; without one, they are written to ``logDescriptor``. Needs the package trait `Logging`.
    ///
    /// Lines come at the next call of ``PageVisits``, and when it is closed. One `PageVisits` may bring the lines of another that has
    /// a logger, too.
    ///
    /// ```swift
    /// configuration.logger = Logger(label: "tpc")
    /// ```
    public var logger: Logger?
  #endif

  /// A configuration in which nothing but the key is set, or not even that: everything else comes from the environment.
  ///
  /// ```swift
  /// let visits = try PageVisits(Configuration(apiKey: "…"))
  /// ```
  public init(apiKey: Secret? = nil) { self.apiKey = apiKey }

  /// A configuration in which nothing is set: everything comes from the environment.
  ///
  /// ```swift
  /// let visits = try PageVisits(.environment)
  /// ```
  public static var environment: Configuration { Configuration() }

  /// Sets an option by its name in the table of options, from text, as a file of settings has it. Fails with
  /// ``TPCError/Code/invalidOption`` when there is no such option, or when it does not accept the value.
  ///
  /// ```swift
  /// for (name, value) in ["max_in_flight": "20", "client_ip": "truncate"] {
  ///   try configuration.set(name, to: value)
  /// }
  /// ```
  public mutating func set(_ name: String, to value: String) throws(TPCError) {
    var options = Options()
    try call { () throws(Failure) in
      try withUTF8Bytes(name) { name throws(Failure) in
        try withUTF8Bytes(value) { value throws(Failure) in try options.set(name, value) }
      }
    }
    guard let option = withBytes(name, { Options.option(named: $0) }) else { return }
    if case .boolean = OptionTable.row(option).kind { set(option, options.boolean(option)) } else { texts[option] = value }
  }

  /// Checks what making a ``PageVisits`` would check, without making one: each value, the values in combination, the credential, and
  /// the files that they name. Fails with ``TPCError/Code/invalidOption``.
  ///
  /// ```swift
  /// try configuration.validate()
  /// ```
  public func validate() throws(TPCError) {
    try call { () throws(Failure) in try options().validate() }
  }

  /// The options for the core: this module's defaults, overridden by the environment, overridden by what is set.
  func options() throws(Failure) -> Options {
    var options = Options()
    try options.set(.sdkRuntime, "swift")
    try options.set(.exitTimeout, "2000")
    #if Logging
      if logger != nil { try options.set(.logDescriptor, "-1") }
    #endif
    try options.loadEnvironment()
    for (option, text) in texts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) { try options.set(option, text) }
    return options
  }
}

// MARK: Values

extension Configuration {
  func text(_ option: TPCCore.Option) -> String? { texts[option] }

  func secret(_ option: TPCCore.Option) -> Secret? { texts[option].map { Secret($0) } }

  func integer(_ option: TPCCore.Option) -> Int? { texts[option].flatMap { Int($0) } }

  func number(_ option: TPCCore.Option) -> Double? { texts[option].flatMap { Double($0) } }

  func boolean(_ option: TPCCore.Option) -> Bool? { texts[option].map { $0 == "true" } }

  /// The entries, which the core separates by commas. It drops spaces around them, and empty ones.
  func list(_ option: TPCCore.Option) -> [String]? {
    texts[option].map { text in
      text.split(separator: ",").compactMap { entry in
        guard let end = entry.lastIndex(where: { $0 != " " }) else { return nil }
        return String(entry[...end].drop { $0 == " " })
      }
    }
  }

  func choice<Choice: RawRepresentable<String>>(_ option: TPCCore.Option) -> Choice? {
    texts[option].flatMap { Choice(rawValue: $0) }
  }

  func duration(_ option: TPCCore.Option) -> Duration? { texts[option].flatMap { Int64($0) }.map { .milliseconds($0) } }

  mutating func set(_ option: TPCCore.Option, _ value: String?) { texts[option] = value }

  mutating func set(_ option: TPCCore.Option, _ value: Secret?) { texts[option] = value?.text }

  mutating func set(_ option: TPCCore.Option, _ value: (some LosslessStringConvertible)?) { texts[option] = value.map { "\($0)" } }

  mutating func set(_ option: TPCCore.Option, _ value: [String]?) { texts[option] = value?.joined(separator: ",") }

  mutating func set(_ option: TPCCore.Option, _ value: (some RawRepresentable<String>)?) { texts[option] = value?.rawValue }

  mutating func set(_ option: TPCCore.Option, _ value: Duration?) { texts[option] = value.map { "\($0.milliseconds)" } }
}

// MARK: Printing

extension Configuration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// What is set, by the options' names, without secrets: `Configuration(api_key: <redacted>, max_in_flight: 50)`.
  public var description: String { "Configuration(\(shown.map { "\($0): \($1)" }.joined(separator: ", ")))" }

  /// The same as ``description``.
  public var debugDescription: String { description }

  /// The same, for `dump` and debuggers.
  public var customMirror: Mirror { Mirror(self, children: shown.map { (label: $0, value: $1) }, displayStyle: .struct) }

  private var shown: [(name: String, value: String)] {
    texts.sorted { $0.key.rawValue < $1.key.rawValue }.map { option, text in
      let row = OptionTable.row(option)
      // A server's URL may hold a password or a token, until it is refused for that.
      let isSecret = row.isSecret || option == .baseURL && text.contains { "@?#".contains($0) }
      return ("\(row.name)", isSecret ? Secret.redacted : text)
    }
  }
}
