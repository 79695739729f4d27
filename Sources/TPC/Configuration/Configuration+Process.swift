// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// The network and the process.
extension Configuration {
  /// A file of trusted certificates (PEM), in place of the system's. Option `ca_file`.
  ///
  /// ```swift
  /// configuration.caFile = "/etc/ssl/own.pem"
  /// ```
  public var caFile: String? {
    get { text(.caFile) }
    set { set(.caFile, newValue) }
  }

  /// A proxy's URL, `http://` or `https://`; it may contain a user and a password. Option `proxy`.
  ///
  /// ```swift
  /// configuration.proxy = "http://proxy.example.com:3128"
  /// ```
  public var proxy: Secret? {
    get { secret(.proxy) }
    set { set(.proxy, newValue) }
  }

  /// Whether `http://` may leave this machine. Option `allow_insecure_http`. Default: `false`.
  ///
  /// ```swift
  /// configuration.allowInsecureHTTP = true
  /// ```
  public var allowInsecureHTTP: Bool? {
    get { boolean(.allowInsecureHTTP) }
    set { set(.allowInsecureHTTP, newValue) }
  }

  /// What is logged. Option `log_level`. Default: `warn`.
  ///
  /// ```swift
  /// configuration.logLevel = .info
  /// ```
  public var logLevel: LogLevel? {
    get { choice(.logLevel) }
    set { set(.logLevel, newValue) }
  }

  /// The file descriptor that log lines are written to. Option `log_descriptor`. Default: `2`.
  ///
  /// ```swift
  /// configuration.logDescriptor = 1
  /// ```
  public var logDescriptor: Int? {
    get { integer(.logDescriptor) }
    set { set(.logDescriptor, newValue) }
  }

  /// Whether anything is tracked: with false, `track` accepts every visit and does nothing. Option `enabled`. Default: `true`.
  ///
  /// ```swift
  /// configuration.enabled = false
  /// ```
  public var enabled: Bool? {
    get { boolean(.enabled) }
    set { set(.enabled, newValue) }
  }

  /// With true, everything but the network: no key is needed. Option `dry_run`. Default: `false`.
  ///
  /// ```swift
  /// configuration.dryRun = true
  /// ```
  public var dryRun: Bool? {
    get { boolean(.dryRun) }
    set { set(.dryRun, newValue) }
  }

  /// A name under which the process shares one queue and sender: every ``PageVisits`` of the name uses it. Option `name`.
  ///
  /// ```swift
  /// configuration.name = "site"
  /// ```
  public var name: String? {
    get { text(.name) }
    set { set(.name, newValue) }
  }

  /// How long a normal exit of the process, and ``PageVisits`` as a service, wait for pending visits. Option `exit_timeout_ms`.
  /// Default: 2 s.
  ///
  /// ```swift
  /// configuration.exitTimeout = .seconds(5)
  /// ```
  public var exitTimeout: Duration? {
    get { duration(.exitTimeout) }
    set { set(.exitTimeout, newValue) }
  }

  /// `sdk.name` of visits that have none. Option `sdk_name`. Default: `libtpc`.
  ///
  /// ```swift
  /// configuration.sdkName = "my-server"
  /// ```
  public var sdkName: String? {
    get { text(.sdkName) }
    set { set(.sdkName, newValue) }
  }

  /// `sdk.version` of these visits. Option `sdk_version`. Default: the library's.
  ///
  /// ```swift
  /// configuration.sdkVersion = "1.2.0"
  /// ```
  public var sdkVersion: String? {
    get { text(.sdkVersion) }
    set { set(.sdkVersion, newValue) }
  }

  /// `sdk.runtime` of these visits. Option `sdk_runtime`. Default: `swift`.
  ///
  /// ```swift
  /// configuration.sdkRuntime = "swift"
  /// ```
  public var sdkRuntime: String? {
    get { text(.sdkRuntime) }
    set { set(.sdkRuntime, newValue) }
  }
}
