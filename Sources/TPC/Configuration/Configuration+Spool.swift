// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// What survives the process.
extension Configuration {
  /// A folder where accepted visits are kept on disk until they are answered for; whoever has the same folder and account next
  /// sends what a process left there. Option `spool_directory`. Without it, visits are in memory only.
  ///
  /// ```swift
  /// configuration.spoolDirectory = "/var/lib/example/visits"
  /// ```
  public var spoolDirectory: String? {
    get { text(.spoolDirectory) }
    set { set(.spoolDirectory, newValue) }
  }

  /// The most bytes of this sender's files in ``spoolDirectory``, in steps of 1 MiB. Option `spool_max_bytes`. Default:
  /// `268435456`.
  ///
  /// ```swift
  /// configuration.spoolMaxBytes = 64 * 1_048_576
  /// ```
  public var spoolMaxBytes: Int? {
    get { integer(.spoolMaxBytes) }
    set { set(.spoolMaxBytes, newValue) }
  }

  /// The time until a visit in ``spoolDirectory`` is given up, in place of ``deliveryTimeout``. Option `spool_max_age_ms`.
  /// Default: 24 h.
  ///
  /// ```swift
  /// configuration.spoolMaxAge = .seconds(3 * 3600)
  /// ```
  public var spoolMaxAge: Duration? {
    get { duration(.spoolMaxAge) }
    set { set(.spoolMaxAge, newValue) }
  }

  /// What of ``spoolDirectory`` survives a power loss. Option `spool_sync`. Default: `none`.
  ///
  /// ```swift
  /// configuration.spoolSync = .interval
  /// ```
  public var spoolSync: SpoolSync? {
    get { choice(.spoolSync) }
    set { set(.spoolSync, newValue) }
  }

  /// Who sends what is in ``spoolDirectory``. Option `spool_sender`. Default: `self`.
  ///
  /// ```swift
  /// configuration.spoolSender = .shared
  /// ```
  public var spoolSender: SpoolSender? {
    get { choice(.spoolSender) }
    set { set(.spoolSender, newValue) }
  }
}
