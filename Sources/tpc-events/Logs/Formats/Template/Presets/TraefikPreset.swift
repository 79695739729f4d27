// SPDX-License-Identifier: Apache-2.0

extension TemplatePreset {
  /// Traefik's common format, of version 1 to 3: the number of the request, router and server, and milliseconds come after the user agent. A
  /// header that is missing is a `-` with or without quotes.
  static var traefik: TemplatePreset {
    TemplatePreset(
      layouts: ["$client - $skipped [$time] \"$request\" $status $bytes \"$referrer\" \"$user_agent\" $number \"$skipped\" \"$skipped\" $number"],
      time: .combined, texts: .escaped)
  }
}
