// SPDX-License-Identifier: Apache-2.0

extension TemplatePreset {
  /// Envoy's default format, and Istio's, which has more fields. Neither escapes a quote in a header. The address is that of the
  /// `X-Forwarded-For` header; Istio also has that of the connection. See "Default format string" in Envoy's documentation.
  static var envoy: TemplatePreset {
    TemplatePreset(
      layouts: [
        """
        [$time] "$request" $status $skipped $number $bytes $number $number "$forwarded_for" "$user_agent" "$request_id" "$host" "$skipped"
        """,
        """
        [$time] "$request" $status $skipped $skipped $skipped "$skipped" $number $bytes $number $number "$forwarded_for" "$user_agent" \
        "$request_id" "$host" "$skipped" $skipped $skipped $skipped $client_port $skipped
        """,
      ],
      time: .iso, texts: .plain)
  }
}
