// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Decides which requests of a log are page visits.
struct PageFilter {
  /// Why a request is not one, in the order in which the summary lists the reasons.
  enum Reason: Int, CaseIterable {
    case noRequest, foreignHost, noHost, path, method, redirect, withoutPage, error, asset, machineFile, healthCheck

    /// The name of the row in the summary.
    var rowName: StaticString {
      switch self {
      case .noRequest: "no HTTP request"
      case .foreignHost: "of another host"
      case .noHost: "without a host"
      case .path: "excluded paths"
      case .method: "not GET or HEAD"
      case .redirect: "redirects"
      case .withoutPage: "without a page"
      case .error: "errors"
      case .asset: "assets"
      case .machineFile: "robots, sitemaps, feeds"
      case .healthCheck: "health checks"
      }
    }
  }

  private let allMethods: Bool
  private let includesAssets: Bool
  private let includesRedirects: Bool
  private let includesErrors: Bool
  private let rules: LoggedRequestRules

  init(_ arguments: Arguments, _ rules: LoggedRequestRules) {
    self.rules = rules
    allMethods = arguments.has(.allMethods)
    includesAssets = arguments.has(.includeAssets)
    includesRedirects = arguments.has(.includeRedirects)
    includesErrors = arguments.has(.includeErrors)
  }

  /// Nil when the request is a page visit. A log has no content types, so the path decides, and nobody knows which part of a page a
  /// 206 had.
  func reason(against request: LogRequest, status: Int?, userAgent: Bytes?) -> Reason? {
    let isNamed = rules.looksAtPaths ? rules.verdict(onPath: request.path) : nil
    if isNamed == false { return .path }
    if !allMethods, !PageRule.isPageMethod(request.method) { return .method }
    switch status ?? 0 {
    case let status where PageRule.isPageStatus(status): break
    case 204...206: return .withoutPage
    case 300...399: if !includesRedirects { return .redirect }
    case let status: if !includesErrors, !isTracked(status, userAgent) { return .error }
    }
    if includesAssets || isNamed == true { return nil }
    switch MachinePath.kind(request.path, isHTML: false) {
    case .file: return .machineFile
    case .healthCheck: return .healthCheck
    case nil: break
    }
    if let userAgent, HealthChecker.isNamed(in: userAgent) { return .healthCheck }
    guard PageRule.isAsset(request.pathWithoutParameters) else { return nil }
    return isOfAgent(userAgent) && MachinePath.isForAgents(request.path) ? nil : .asset
  }

  private func isTracked(_ status: Int, _ userAgent: Bytes?) -> Bool {
    rules.isTracked(status: status, ofAgent: isOfAgent(userAgent))
  }

  private func isOfAgent(_ userAgent: Bytes?) -> Bool { userAgent.map { rules.isAgent($0) } ?? false }
}
