// SPDX-License-Identifier: Apache-2.0

import TPC

/// The options by their names in the table of options, each with the property that a Swift program sets.
enum Options {
  private typealias Path<Value> = WritableKeyPath<Configuration, Value?> & Sendable

  private static let texts: [String: Path<String>] = [
    "api_key_file": \.apiKeyFile, "organization_id": \.organizationID, "organization_slug": \.organizationSlug,
    "product_id": \.productID, "product_slug": \.productSlug, "base_url": \.baseURL, "client_ip_header": \.clientIPHeader,
    "ai_agents_file": \.aiAgentsFile, "ai_ranges_dir": \.aiRangesDir, "ai_keys_dir": \.aiKeysDir,
    "spool_directory": \.spoolDirectory, "ca_file": \.caFile, "name": \.name,
    "sdk_name": \.sdkName, "sdk_version": \.sdkVersion, "sdk_runtime": \.sdkRuntime,
  ]
  private static let secrets: [String: Path<Secret>] = [
    "api_key": \.apiKey, "bearer_token": \.bearerToken, "session_token": \.sessionToken, "proxy": \.proxy,
  ]
  private static let lists: [String: Path<[String]>] = [
    "trusted_proxies": \.trustedProxies, "include_paths": \.includePaths, "exclude_paths": \.excludePaths,
    "page_types": \.pageTypes, "redact_query": \.redactQuery,
  ]
  private static let integers: [String: Path<Int>] = [
    "queue_max_bytes": \.queueMaxBytes, "queue_max_events": \.queueMaxEvents, "max_in_flight": \.maxInFlight,
    "max_connections": \.maxConnections, "max_event_bytes": \.maxEventBytes, "report_capacity": \.reportCapacity,
    "ai_ranges_max_age_days": \.aiRangesMaxAgeDays, "spool_max_bytes": \.spoolMaxBytes, "log_descriptor": \.logDescriptor,
  ]
  private static let booleans: [String: Path<Bool>] = [
    "only_ai_agents": \.onlyAIAgents, "label_ai_agents": \.labelAIAgents, "only_ai": \.onlyAI, "label_ai_answers": \.labelAIAnswers,
    "allow_insecure_http": \.allowInsecureHTTP, "enabled": \.enabled, "dry_run": \.dryRun,
  ]
  private static let durations: [String: Path<Duration>] = [
    "connect_timeout_ms": \.connectTimeout, "request_timeout_ms": \.requestTimeout, "delivery_timeout_ms": \.deliveryTimeout,
    "retry_initial_ms": \.retryInitial, "retry_max_ms": \.retryMax, "spool_max_age_ms": \.spoolMaxAge,
    "exit_timeout_ms": \.exitTimeout,
  ]

  /// Sets an option by its property, or by its name if the property's type cannot hold the value.
  static func set(_ name: String, to value: JSON, in configuration: inout Configuration) throws(TPCError) {
    if let path = texts[name], let text = value.text { return configuration[keyPath: path] = text }
    if let path = secrets[name], let text = value.text { return configuration[keyPath: path] = Secret(text) }
    if let path = lists[name], let text = value.text { return configuration[keyPath: path] = text.split(separator: ",").map(String.init) }
    if let path = integers[name], let number = value.integer { return configuration[keyPath: path] = number }
    if let path = booleans[name], let boolean = value.boolean { return configuration[keyPath: path] = boolean }
    if let path = durations[name], let number = value.integer { return configuration[keyPath: path] = .milliseconds(number) }
    if name == "sample_rate", let number = value.number { return configuration.sampleRate = number }
    if let text = value.text, setChoice(name, text, in: &configuration) { return }
    try configuration.set(name, to: text(value))
  }

  private static func setChoice(_ name: String, _ text: String, in configuration: inout Configuration) -> Bool {
    switch name {
    case "environment": choose(&configuration.environment, text)
    case "client_ip": choose(&configuration.clientIP, text)
    case "anonymous_id": choose(&configuration.anonymousID, text)
    case "privacy_signals": choose(&configuration.privacySignals, text)
    case "event_id": choose(&configuration.eventID, text)
    case "track_errors": choose(&configuration.trackErrors, text)
    case "spool_sync": choose(&configuration.spoolSync, text)
    case "spool_sender": choose(&configuration.spoolSender, text)
    case "log_level": choose(&configuration.logLevel, text)
    default: false
    }
  }

  private static func choose<Choice: RawRepresentable<String>>(_ property: inout Choice?, _ text: String) -> Bool {
    guard let choice = Choice(rawValue: text) else { return false }
    property = choice
    return true
  }

  private static func text(_ value: JSON) -> String {
    switch value {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    default: value.text ?? ""
    }
  }
}
