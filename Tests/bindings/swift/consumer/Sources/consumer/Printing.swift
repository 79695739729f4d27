// SPDX-License-Identifier: Apache-2.0

import TPC

private struct Holder {
  var configuration: Configuration
  var list: [Configuration]
  var choice: Result<Configuration, TPCError>
  var key: Secret?
}

/// Prints what holds secrets in every way that Swift has. The test knows the secrets, and looks for them.
func showSecrets() throws {
  var configuration = Configuration()
  configuration.apiKey = "hunter2-key"
  configuration.bearerToken = "hunter2-bearer"
  configuration.sessionToken = "hunter2-session"
  configuration.proxy = "http://user:hunter2-proxy@127.0.0.1:1"
  configuration.baseURL = "http://user:hunter2-user@127.0.0.1:1"
  configuration.maxInFlight = 50
  expect(configuration.description.contains("max_in_flight: 50"), "the description lacks what may be seen: \(configuration)")
  expect(configuration.description.contains("<redacted>"), "the description does not say that a secret is set: \(configuration)")
  show(configuration)
  show(Holder(configuration: configuration, list: [configuration], choice: .success(configuration), key: configuration.apiKey))
  show(configuration.apiKey)
  show(["key": configuration.apiKey])
  show(configuration.proxy)

  // A user in base_url is refused, by an error that does not show it.
  do {
    try configuration.validate()
    expect(false, "a user in base_url is accepted")
  } catch {
    show(error)
  }
  for url in ["http://127.0.0.1:1/?token=hunter2-query", "http://127.0.0.1:1/#hunter2-fragment"] {
    configuration.baseURL = url
    show(configuration)
  }
  configuration.baseURL = nil
  configuration.bearerToken = nil
  configuration.sessionToken = nil
  let visits = try PageVisits(configuration)
  show(visits)
  show(visits.reports)
  show(visits.reports.makeAsyncIterator())
}

private func show(_ value: some Any) {
  print(value)
  print("\(value)", String(describing: value), String(reflecting: value))
  debugPrint(value)
  dump(value)
  walk(Mirror(reflecting: value), depth: 0)
}

/// Everything that reflection finds.
private func walk(_ mirror: Mirror, depth: Int) {
  guard depth < 12 else { return }
  for child in mirror.children {
    print(child.label ?? "", child.value)
    walk(Mirror(reflecting: child.value), depth: depth + 1)
  }
  if let parent = mirror.superclassMirror { walk(parent, depth: depth + 1) }
}
