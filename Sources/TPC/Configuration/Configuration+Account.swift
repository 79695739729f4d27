// SPDX-License-Identifier: Apache-2.0

internal import TPCCore

/// The account and the server.
extension Configuration {
  /// The API key, sent as the header `x-api-key`. Option `api_key`.
  ///
  /// ```swift
  /// configuration.apiKey = "…"
  /// ```
  public var apiKey: Secret? {
    get { secret(.apiKey) }
    set { set(.apiKey, newValue) }
  }

  /// A file that holds the API key, in place of ``apiKey``. Option `api_key_file`.
  ///
  /// ```swift
  /// configuration.apiKeyFile = "/run/secrets/tpc"
  /// ```
  public var apiKeyFile: String? {
    get { text(.apiKeyFile) }
    set { set(.apiKeyFile, newValue) }
  }

  /// A token, sent as `Authorization: Bearer`. Option `bearer_token`.
  ///
  /// ```swift
  /// configuration.bearerToken = "…"
  /// ```
  public var bearerToken: Secret? {
    get { secret(.bearerToken) }
    set { set(.bearerToken, newValue) }
  }

  /// A session, sent as the cookie `better-auth.session_token`. Option `session_token`.
  ///
  /// ```swift
  /// configuration.sessionToken = "…"
  /// ```
  public var sessionToken: Secret? {
    get { secret(.sessionToken) }
    set { set(.sessionToken, newValue) }
  }

  /// Sent as `X-Tpc-Organization-Id`. Option `organization_id`.
  ///
  /// ```swift
  /// configuration.organizationID = "org_1"
  /// ```
  public var organizationID: String? {
    get { text(.organizationId) }
    set { set(.organizationId, newValue) }
  }

  /// Sent as `X-Tpc-Organization-Slug`. Option `organization_slug`.
  ///
  /// ```swift
  /// configuration.organizationSlug = "example"
  /// ```
  public var organizationSlug: String? {
    get { text(.organizationSlug) }
    set { set(.organizationSlug, newValue) }
  }

  /// Sent as `X-Tpc-Product-Id`. Option `product_id`.
  ///
  /// ```swift
  /// configuration.productID = "prod_1"
  /// ```
  public var productID: String? {
    get { text(.productId) }
    set { set(.productId, newValue) }
  }

  /// Sent as `X-Tpc-Product-Slug`. Option `product_slug`.
  ///
  /// ```swift
  /// configuration.productSlug = "docs"
  /// ```
  public var productSlug: String? {
    get { text(.productSlug) }
    set { set(.productSlug, newValue) }
  }

  /// The server. Option `environment`. Default: `production`.
  ///
  /// ```swift
  /// configuration.environment = .local
  /// ```
  public var environment: Environment? {
    get { choice(.environment) }
    set { set(.environment, newValue) }
  }

  /// The server to use instead of `environment`'s; a path before `/api` is kept. Option `base_url`.
  ///
  /// ```swift
  /// configuration.baseURL = "http://127.0.0.1:3000"
  /// ```
  public var baseURL: String? {
    get { text(.baseURL) }
    set { set(.baseURL, newValue) }
  }
}
