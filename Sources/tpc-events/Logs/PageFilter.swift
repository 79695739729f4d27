// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Decides which requests of a log are page visits.
struct PageFilter {
  /// Why a request is not one, in the order in which the summary lists the reasons.
  enum Reason: Int, CaseIterable {
    case noRequest, foreignHost, method, redirect, error, asset

    /// The name of the row in the summary.
    var rowName: StaticString {
      switch self {
      case .noRequest: "no HTTP request"
      case .foreignHost: "of another host"
      case .method: "not GET or HEAD"
      case .redirect: "redirects"
      case .error: "errors"
      case .asset: "assets"
      }
    }
  }

  private let allMethods: Bool
  private let includesAssets: Bool
  private let includesRedirects: Bool
  private let includesErrors: Bool

  init(_ arguments: Arguments) {
    allMethods = arguments.has(.allMethods)
    includesAssets = arguments.has(.includeAssets)
    includesRedirects = arguments.has(.includeRedirects)
    includesErrors = arguments.has(.includeErrors)
  }

  /// Nil when the request is a page visit.
  func reason(against request: LogRequest, status: Int?) -> Reason? {
    if !allMethods, !PageRule.isPageMethod(request.method) { return .method }
    switch status ?? 0 {
    case let status where PageRule.isPageStatus(status): break
    case 300...399: if !includesRedirects { return .redirect }
    default: if !includesErrors { return .error }
    }
    return !includesAssets && PageRule.isAsset(request.path) ? .asset : nil
  }
}
