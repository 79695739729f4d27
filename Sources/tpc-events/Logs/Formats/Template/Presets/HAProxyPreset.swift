// SPDX-License-Identifier: Apache-2.0

extension TemplatePreset {
  /// HAProxy's `option httplog`: frontend, backend and server, timers, status, bytes, two cookies, state, connections, queues, the captured
  /// headers of request and response, request. Its time has no offset. See "HTTP log format" in HAProxy's configuration manual.
  static var haproxy: TemplatePreset {
    TemplatePreset(
      layouts: [
        "$client_port [$time] $frontend $skipped $number $status $bytes $skipped $skipped $skipped $number $number $braced_headers\"$request\""
      ],
      time: .combined, texts: .hashEncoded, start: .wordsBeforeTime(1), isUTCAssumed: true)
  }

  /// HAProxy's `option httplog clf`: two quoted texts are always empty, and the captured headers are the last texts.
  static var haproxyCLF: TemplatePreset {
    TemplatePreset(
      layouts: [
        """
        $client $skipped $skipped [$time] "$request" $status $bytes "" "" $number $number $frontend $skipped $skipped $number $number $number \
        $number $number $skipped $number $number $number $number $number $number $number "$skipped" "$skipped"$?$quoted_headers
        """
      ],
      time: .combined, texts: .hashEncoded, start: .wordsBeforeTime(3))
  }
}
