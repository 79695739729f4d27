// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// Which web requests are visits, and who reads.
extension Configuration {
  /// The proxies whose `Forwarded` and `X-Forwarded-…` headers count: addresses, networks such as `10.0.0.0/8`, or `private` for
  /// every private network. Option `trusted_proxies`.
  ///
  /// ```swift
  /// configuration.trustedProxies = ["private"]
  /// ```
  public var trustedProxies: [String]? {
    get { list(.trustedProxies) }
    set { set(.trustedProxies, newValue) }
  }

  /// The trusted proxies' header for the visitor's address: `CF-Connecting-IP`, `True-Client-IP`, `X-Real-IP` or `Fly-Client-IP`.
  /// Option `client_ip_header`.
  ///
  /// ```swift
  /// configuration.clientIPHeader = "CF-Connecting-IP"
  /// ```
  public var clientIPHeader: String? {
    get { text(.clientIPHeader) }
    set { set(.clientIPHeader, newValue) }
  }

  /// Tracks only web requests for these paths, whatever their type; `*` matches any characters. Option `include_paths`.
  ///
  /// ```swift
  /// configuration.includePaths = ["/docs/*", "/blog/*"]
  /// ```
  public var includePaths: [String]? {
    get { list(.includePaths) }
    set { set(.includePaths, newValue) }
  }

  /// Does not track web requests for these paths. Option `exclude_paths`.
  ///
  /// ```swift
  /// configuration.excludePaths = ["/admin/*"]
  /// ```
  public var excludePaths: [String]? {
    get { list(.excludePaths) }
    set { set(.excludePaths, newValue) }
  }

  /// The content types of responses that are pages. Option `page_types`. Default:
  /// `text/html,application/xhtml+xml,text/plain,text/markdown,application/pdf`.
  ///
  /// ```swift
  /// configuration.pageTypes = ["text/html"]
  /// ```
  public var pageTypes: [String]? {
    get { list(.pageTypes) }
    set { set(.pageTypes, newValue) }
  }

  /// Whose requests that were answered with 404, 410 or 5xx are tracked. Option `track_errors`. Default: `none`.
  ///
  /// ```swift
  /// configuration.trackErrors = .ai
  /// ```
  public var trackErrors: TrackedErrors? {
    get { choice(.trackErrors) }
    set { set(.trackErrors, newValue) }
  }

  /// Whether only the visits of AI agents are sent. Option `only_ai_agents`. Default: `false`.
  ///
  /// ```swift
  /// configuration.onlyAIAgents = true
  /// ```
  public var onlyAIAgents: Bool? {
    get { boolean(.onlyAIAgents) }
    set { set(.onlyAIAgents, newValue) }
  }

  /// Whether AI agents get the properties `aiAgent`, `aiOperator` and `aiPurpose`; always with ``aiRangesDir`` and ``aiKeysDir``.
  /// Option `label_ai_agents`. Default: `false`.
  ///
  /// ```swift
  /// configuration.labelAIAgents = true
  /// ```
  public var labelAIAgents: Bool? {
    get { boolean(.labelAIAgents) }
    set { set(.labelAIAgents, newValue) }
  }

  /// Whether only the visits of AI agents, and of people from AI answers, are sent. Option `only_ai`. Default: `false`.
  ///
  /// ```swift
  /// configuration.onlyAI = true
  /// ```
  public var onlyAI: Bool? {
    get { boolean(.onlyAI) }
    set { set(.onlyAI, newValue) }
  }

  /// Whether people from AI answers get the properties `aiAnswer`, `aiAnswerOperator` and `aiAnswerEvidence`. Option
  /// `label_ai_answers`. Default: `false`.
  ///
  /// ```swift
  /// configuration.labelAIAnswers = true
  /// ```
  public var labelAIAnswers: Bool? {
    get { boolean(.labelAIAnswers) }
    set { set(.labelAIAnswers, newValue) }
  }

  /// A JSON file of AI agents that are added to the library's, or replace them. Option `ai_agents_file`.
  ///
  /// ```swift
  /// configuration.aiAgentsFile = "/etc/tpc/agents.json"
  /// ```
  public var aiAgentsFile: String? {
    get { text(.aiAgentsFile) }
    set { set(.aiAgentsFile, newValue) }
  }

  /// A folder of files with agents' networks: labeled agents get the properties `aiVerified` and `aiVerifiedBy`. Option
  /// `ai_ranges_dir`.
  ///
  /// ```swift
  /// configuration.aiRangesDir = "/var/lib/tpc/ranges"
  /// ```
  public var aiRangesDir: String? {
    get { text(.aiRangesFolder) }
    set { set(.aiRangesFolder, newValue) }
  }

  /// The age, in days, at which such a file no longer counts. Option `ai_ranges_max_age_days`. Default: `30`.
  ///
  /// ```swift
  /// configuration.aiRangesMaxAgeDays = 7
  /// ```
  public var aiRangesMaxAgeDays: Int? {
    get { integer(.aiRangesMaxAge) }
    set { set(.aiRangesMaxAge, newValue) }
  }

  /// A folder of files with agents' public keys, which verify signed requests: `host.json`, as `chatgpt.com.json`. Option
  /// `ai_keys_dir`.
  ///
  /// ```swift
  /// configuration.aiKeysDir = "/var/lib/tpc/keys"
  /// ```
  public var aiKeysDir: String? {
    get { text(.aiKeysFolder) }
    set { set(.aiKeysFolder, newValue) }
  }
}
