// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Which requests of a log are visits of pages.
struct PageFilter {
  /// Why a request is none, in the order in which the summary lists them.
  enum Reason: Int, CaseIterable {
    case noRequest, foreignHost, method, redirect, error, asset

    var words: StaticString {
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

  /// Nil when the request is a page's visit.
  func reason(against request: LogRequest, _ status: Int?) -> Reason? {
    if !allMethods, !request.method.matches("GET"), !request.method.matches("HEAD") { return .method }
    switch status ?? 0 {
    // 304: the visitor has the page already, and reads it.
    case 200...299, 304: break
    case 300...399: if !includesRedirects { return .redirect }
    default: if !includesErrors { return .error }
    }
    return !includesAssets && PageFilter.isAsset(request.path) ? .asset : nil
  }

  /// What pages are made of, and downloads. Texts that people and agents read are none: .html, .md, .txt, .pdf, .xml.
  private static let extensions: StaticString =
    """
    css js mjs cjs map json wasm webmanifest \
    png jpg jpeg gif svg webp avif ico bmp tif tiff \
    woff woff2 ttf otf eot \
    mp3 mp4 m4a m4v mov ogg oga ogv wav webm flac \
    zip gz tgz bz2 xz zst 7z rar tar jar exe msi dmg pkg deb rpm apk iso bin
    """

  private static func isAsset(_ path: Bytes) -> Bool {
    var start = path.count
    while start > 0, path[start - 1] != UInt8(ascii: "."), path[start - 1] != UInt8(ascii: "/") { start -= 1 }
    guard start > 0, path[start - 1] == UInt8(ascii: ".") else { return false }
    return contains(extensions.bytes, path.part(start, path.count))
  }

  /// Whether `word` stands in the list, in any case.
  private static func contains(_ list: Bytes, _ word: Bytes) -> Bool {
    guard word.count > 0, word.count <= 16 else { return false }
    for entry in list.split(separator: 0x20) where entry.count == word.count {
      if zip(entry, word).allSatisfy({ $0 == $1.lowercased }) { return true }
    }
    return false
  }
}
