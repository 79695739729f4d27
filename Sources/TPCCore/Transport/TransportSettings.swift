// SPDX-License-Identifier: Apache-2.0

import CTPCCurl
import CTPCPOSIX

/// What all requests have in common. Texts are terminated by NUL, for libcurl.
struct TransportSettings {
  /// The headers, as "Name: value". Some are secret, so they are never logged.
  private(set) var headers: [[CChar]] = []
  /// What must not get out by another way than the headers.
  private(set) var credentials: [[UInt8]] = []
  let connectTimeoutMilliseconds: Int
  let requestTimeoutMilliseconds: Int
  let maximumConnections: Int
  let isEncrypted: Bool
  /// Whether the proxy is reached over TLS.
  let isProxyEncrypted: Bool
  let url: [CChar]
  /// The addresses of the endpoint's host, if it is a name of this machine: see `Endpoint`.
  let pinned: [CChar]?
  let certificates: [CChar]?
  /// Empty for no proxy; never nil, because libcurl would then read the environment from our thread.
  let proxy: [CChar]

  init(_ options: Options, _ endpoint: Endpoint) throws(Failure) {
    url = endpoint.url
    pinned = endpoint.pinned
    isEncrypted = endpoint.isEncrypted
    connectTimeoutMilliseconds = Int(options.integer(.connectTimeout))
    requestTimeoutMilliseconds = Int(options.integer(.requestTimeout))
    maximumConnections = Int(options.integer(.maxConnections))
    proxy = try TransportSettings.proxy(options)
    isProxyEncrypted = proxy.count > 6 && (proxy[4] | 0x20) == CChar(UInt8(ascii: "s"))
    let usesTLS = isEncrypted || isProxyEncrypted
    certificates = try TransportSettings.certificates(options, isNeeded: usesTLS)
    // When libcurl is set up, it opens the file named by this variable and writes the keys of its connections there.
    // The user who starts a program with more rights must not be able to choose that file.
    if Environment.isWithheld([UInt8](Bytes("SSLKEYLOGFILE"))) {
      throw Failure(
        .system, field: "SSLKEYLOGFILE", "is set for a program with more rights than the user who started it; expected it unset")
    }
    addHeaders(options)
  }

  private mutating func addHeaders(_ options: Options) {
    add("Content-Type: ", [UInt8](Bytes("application/json")))
    add("Accept: ", [UInt8](Bytes("application/json")))
    // The empty value removes libcurl's own "Expect: 100-continue", which would cost a round trip.
    add("Expect:", [])
    let version = options.isSet(.sdkVersion) ? options.text(.sdkVersion) : [UInt8](Version.text.bytes)
    add(
      "User-Agent: ",
      options.text(.sdkName) + [UInt8(ascii: "/")] + version
        + [UInt8](Bytes(" (")) + options.text(.sdkRuntime) + [UInt8(ascii: ")")])
    addIfSet(options, .organizationId, "X-Tpc-Organization-Id: ")
    addIfSet(options, .organizationSlug, "X-Tpc-Organization-Slug: ")
    addIfSet(options, .productId, "X-Tpc-Product-Id: ")
    addIfSet(options, .productSlug, "X-Tpc-Product-Slug: ")
    // The contract's components.securitySchemes.
    addCredential(options, .apiKey, "x-api-key: ")
    addCredential(options, .bearerToken, "Authorization: Bearer ")
    addCredential(options, .sessionToken, "Cookie: better-auth.session_token=")
  }

  private mutating func addCredential(_ options: Options, _ option: Option, _ name: StaticString) {
    guard options.isSet(option) else { return }
    credentials.append(options.text(option))
    add(name, options.text(option))
  }

  private mutating func addIfSet(_ options: Options, _ option: Option, _ name: StaticString) {
    if options.isSet(option) { add(name, options.text(option)) }
  }

  @inline(never)
  private mutating func add(_ name: StaticString, _ value: [UInt8]) {
    headers.append(([UInt8](name.bytes) + value + [0]).map { CChar(bitPattern: $0) })
  }

  // MARK: Certificates

  /// The option's file, else that of `SSL_CERT_FILE`, else libcurl's default (nil), else the first of the files in
  /// which systems keep their certificates.
  private static func certificates(_ options: Options, isNeeded: Bool) throws(Failure) -> [CChar]? {
    if options.isSet(.caFile) {
      let file = terminated(options.text(.caFile))
      guard access(file, R_OK) == 0 else {
        throw Failure(.invalidOption, field: "ca_file", "names a file that cannot be read; expected certificates in PEM form")
      }
      return file
    }
    guard isNeeded else { return nil }
    if let named = Environment.value([UInt8](Bytes("SSL_CERT_FILE"))), named.count <= Options.maximumBytes {
      let file = terminated([UInt8](named))
      if access(file, R_OK) == 0 { return file }
    }
    if let version = tpc_curl_version() {
      if let file = version.pointee.cainfo, access(file, R_OK) == 0 { return nil }
      if let folder = version.pointee.capath, access(folder, R_OK) == 0 { return nil }
    }
    let known: [StaticString] = [
      "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
      "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
    ]
    for path in known {
      let file = terminated([UInt8](path.bytes))
      if access(file, R_OK) == 0 { return file }
    }
    return nil
  }

  // MARK: Proxy

  private static func proxy(_ options: Options) throws(Failure) -> [CChar] {
    let text = options.text(.proxy)
    guard !text.isEmpty else { return [0] }
    let isSupported = text.withUnsafeBufferPointer { url -> Bool in
      guard URI.check(url) == nil else { return false }
      let parts = URI.Parts(url)
      let scheme = url.part(parts.scheme.lowerBound, parts.scheme.upperBound)
      return (scheme.matchesIgnoringCase("http") || scheme.matchesIgnoringCase("https")) && parts.host?.isEmpty == false
        && Endpoint.hasReachablePort(url, parts)
    }
    guard isSupported else {
      throw Failure(.invalidOption, field: "proxy", "found another text; expected http://host:port or https://host:port")
    }
    return terminated(text)
  }

  @inline(never)
  static func terminated(_ text: [UInt8]) -> [CChar] { (text + [0]).map { CChar(bitPattern: $0) } }
}
