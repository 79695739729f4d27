// SPDX-License-Identifier: Apache-2.0

/// Decides by method, status and path whether a request is a visit to a page: for web requests and for lines of access logs.
package enum PageRule {
  package static func isPageMethod(_ method: Bytes) -> Bool { method.matches("GET") || method.matches("HEAD") }

  /// 304 counts: the visitor has the page already, and reads it. 204 and 205 have no page, and 206 has a part of one, which may be
  /// any part.
  package static func isPageStatus(_ status: Int) -> Bool {
    (200...299).contains(status) && !(204...206).contains(status) || status == 304
  }

  /// The errors that `track_errors` lets through: what was asked for is not there, or could not be shown.
  static func isErrorOfInterest(_ status: Int) -> Bool { status == 404 || status == 410 || (500...599).contains(status) }

  /// Whether a `Range` header (RFC 9110, section 14.2) asks for the beginning, as in `bytes=0-1023`. A position may have more
  /// zeros; servers take blanks and empty elements before it.
  static func beginsAtStart(_ range: Bytes) -> Bool {
    guard range.part(0, 6).matchesIgnoringCase("bytes=") else { return false }
    var at = 6
    while at < range.count, range[at] == 0x20 || range[at] == 0x09 || range[at] == UInt8(ascii: ",") { at &+= 1 }
    let start = at
    while at < range.count, range[at] == UInt8(ascii: "0") { at &+= 1 }
    return at > start && at < range.count && range[at] == UInt8(ascii: "-")
  }

  /// The extensions of what pages are made of, and of downloads. What people and agents read is not among them: .html, .md, .txt,
  /// .pdf, .xml.
  private static let assetExtensions: StaticString =
    """
    css scss js mjs cjs jsx ts tsx map json jsonl ndjson geojson wasm webmanifest csv tsv sql parquet \
    doc docx docm rtf xls xlsx xlsm ppt pptx ppsx odt ods odp epub mobi ics vcf psd eps swf \
    png jpg jpeg jfif gif svg svgz webp avif heic heif jxl ico cur bmp tif tiff \
    woff woff2 ttf otf eot \
    mp3 mp4 m4a m4v m4s mov mkv avi wmv flv mpg mpeg mpd m3u8 3gp aac opus ogg oga ogv wav webm flac vtt srt \
    zip gz tgz bz2 xz zst 7z rar tar jar exe msi dmg pkg deb rpm apk ipa iso img bin torrent
    """

  /// Whether a path leads to an asset, by its extension as it is written and as a server sees it.
  @export(interface)
  package static func isAsset(_ path: Bytes) -> Bool {
    if hasAssetExtension(path) { return true }
    guard let plain = try? PlainPath(path) else { return false }
    return hasAssetExtension(plain.bytes)
  }

  static func hasAssetExtension(_ path: Bytes) -> Bool {
    var start = path.count
    while start > 0, path[start - 1] != UInt8(ascii: "."), path[start - 1] != UInt8(ascii: "/") { start -= 1 }
    guard start > 0, path[start - 1] == UInt8(ascii: ".") else { return false }
    let word = path.part(start, path.count)
    guard word.count > 0, word.count <= 16 else { return false }
    for entry in Words(assetExtensions.bytes, separator: 0x20) where entry.matchesIgnoringCase(word) { return true }
    return false
  }
}
