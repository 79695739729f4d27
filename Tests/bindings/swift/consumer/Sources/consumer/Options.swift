// SPDX-License-Identifier: Apache-2.0

import Foundation
import TPC

private func check<Value: Equatable>(
  _ configuration: inout Configuration, _ path: WritableKeyPath<Configuration, Value?>, _ value: Value
) {
  expect(configuration[keyPath: path] == nil, "\(path) is set before")
  configuration[keyPath: path] = value
  expectEqual(configuration[keyPath: path], value, "\(path)")
  configuration[keyPath: path] = nil
  expect(configuration[keyPath: path] == nil, "\(path) is set after it was taken back")
  configuration[keyPath: path] = value
}

/// Every option is set, read back and taken back. Prints the configuration, which names them all.
func checkOptions() throws {
  var all = Configuration.environment
  expectEqual(all.description, "Configuration()", "an empty configuration")
  expectEqual(Configuration(apiKey: "k").description, "Configuration(api_key: <redacted>)", "a configuration of a key")
  for path in [\Configuration.apiKey, \.bearerToken, \.sessionToken, \.proxy] { check(&all, path, "text") }
  for path in [
    \Configuration.apiKeyFile, \.organizationID, \.organizationSlug, \.productID, \.productSlug, \.baseURL, \.clientIPHeader,
    \.aiAgentsFile, \.aiRangesDir, \.aiKeysDir, \.spoolDirectory, \.caFile, \.name, \.sdkName, \.sdkVersion, \.sdkRuntime,
  ] { check(&all, path, "text") }
  for path in [\Configuration.trustedProxies, \.includePaths, \.excludePaths, \.pageTypes, \.redactQuery] {
    check(&all, path, ["a", "b"])
    check(&all, path: path, replaceBy: [])
  }
  for path in [
    \Configuration.queueMaxBytes, \.queueMaxEvents, \.maxInFlight, \.maxConnections, \.maxEventBytes, \.reportCapacity,
    \.aiRangesMaxAgeDays, \.spoolMaxBytes, \.logDescriptor,
  ] { for number in [7, -1, .max, .min] { check(&all, path: path, replaceBy: number) } }
  for path in [
    \Configuration.onlyAIAgents, \.labelAIAgents, \.onlyAI, \.labelAIAnswers, \.allowInsecureHTTP, \.enabled, \.dryRun,
  ] { for value in [true, false] { check(&all, path: path, replaceBy: value) } }
  for path in [
    \Configuration.connectTimeout, \.requestTimeout, \.deliveryTimeout, \.retryInitial, \.retryMax, \.spoolMaxAge, \.exitTimeout,
  ] { check(&all, path, .milliseconds(1_500)) }
  for rate in [0, 1, 0.1, 0.07, 1.0 / 3, 0.00001, 1e-17] {
    check(&all, path: \.sampleRate, replaceBy: rate)
    var one = Configuration()
    one.dryRun = true
    one.sampleRate = rate
    try one.validate()
  }
  for value in Configuration.Environment.allCases { check(&all, path: \.environment, replaceBy: value) }
  for value in Configuration.TrackedErrors.allCases { check(&all, path: \.trackErrors, replaceBy: value) }
  for value in Configuration.ClientIP.allCases { check(&all, path: \.clientIP, replaceBy: value) }
  for value in Configuration.AnonymousID.allCases { check(&all, path: \.anonymousID, replaceBy: value) }
  for value in Configuration.PrivacySignals.allCases { check(&all, path: \.privacySignals, replaceBy: value) }
  for value in Configuration.EventID.allCases { check(&all, path: \.eventID, replaceBy: value) }
  for value in Configuration.SpoolSync.allCases { check(&all, path: \.spoolSync, replaceBy: value) }
  for value in Configuration.SpoolSender.allCases { check(&all, path: \.spoolSender, replaceBy: value) }
  for value in Configuration.LogLevel.allCases { check(&all, path: \.logLevel, replaceBy: value) }
  expectEqual(all.debugDescription, all.description, "the description for debuggers")
  print(all)
  try checkNames()
}

private func check<Value: Equatable>(
  _ configuration: inout Configuration, path: WritableKeyPath<Configuration, Value?>, replaceBy value: Value
) {
  configuration[keyPath: path] = nil
  check(&configuration, path, value)
}

/// By the names in the table of options.
private func checkNames() throws {
  var configuration = Configuration()
  for (name, value) in [
    ("dry_run", "yes"), ("trusted_proxies", "private, 192.0.2.1,"), ("connect_timeout_ms", "1500"), ("client_ip", "omit"),
    ("sample_rate", "0.50"), ("max_in_flight", "7"), ("api_key", "hunter2"),
  ] { try configuration.set(name, to: value) }
  expectEqual(configuration.dryRun, true, "dry_run")
  expectEqual(configuration.trustedProxies, ["private", "192.0.2.1"], "trusted_proxies")
  expectEqual(configuration.connectTimeout, .milliseconds(1_500), "connect_timeout_ms")
  expectEqual(configuration.clientIP, .omit, "client_ip")
  expectEqual(configuration.sampleRate, 0.5, "sample_rate")
  expectEqual(configuration.maxInFlight, 7, "max_in_flight")
  expectEqual(configuration.apiKey, Secret("hunter2"), "api_key")
  let before = configuration.description
  for (name, value, field) in [("max_inflight", "7", "max_inflight"), ("max_in_flight", "many", "max_in_flight"), ("", "", "")] {
    do throws(TPCError) {
      try configuration.set(name, to: value)
      expect(false, "\(name)=\(value) is accepted")
    } catch {
      expectEqual(error.code, .invalidOption, "\(name)=\(value)")
      expectEqual(error.field, field, "\(name)=\(value)")
    }
  }
  expectEqual(configuration.description, before, "what is set after errors")
}

/// No duration traps; those out of range are refused by the option's name.
func checkDurations() throws {
  let durations: [(Duration, Int64)] = [
    (.nanoseconds(1), 1), (.microseconds(999), 1), (.milliseconds(1), 1), (.microseconds(1_001), 2), (.zero, 0), (.nanoseconds(-1), 0),
    (.milliseconds(-1), -1), (.microseconds(-1_500), -1), (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
    (Duration(secondsComponent: .max, attosecondsComponent: 999_999_999_999_999_999), .max),
  ]
  for (duration, milliseconds) in durations {
    var configuration = Configuration()
    configuration.dryRun = true
    configuration.exitTimeout = duration
    expectEqual(configuration.exitTimeout, .milliseconds(milliseconds), "\(duration)")
    do throws(TPCError) {
      try configuration.validate()
      expect(0...600_000 ~= milliseconds, "\(duration) is accepted")
    } catch {
      expect(!(0...600_000 ~= milliseconds), "\(duration) is refused: \(error)")
      expectEqual(error.field, "exit_timeout_ms", "\(duration)")
    }
  }
}

func checkChoices() {
  print(Configuration.Environment.allCases.map(\.rawValue), Configuration.TrackedErrors.allCases.map(\.rawValue))
  print(Configuration.ClientIP.allCases.map(\.rawValue), Configuration.AnonymousID.allCases.map(\.rawValue))
  print(Configuration.PrivacySignals.allCases.map(\.rawValue), Configuration.EventID.allCases.map(\.rawValue))
  print(Configuration.SpoolSync.allCases.map(\.rawValue), Configuration.SpoolSender.allCases.map(\.rawValue))
  print(Configuration.LogLevel.allCases.map(\.rawValue))
  print("left out:", LeftOut.allCases.map(\.rawValue).joined(separator: " "))
  print("headers:", WebRequest.headerNames.joined(separator: " "))
}
