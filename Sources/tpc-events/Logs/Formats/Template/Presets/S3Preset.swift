// SPDX-License-Identifier: Apache-2.0

extension TemplatePreset {
  /// A server access log of Amazon S3. Fields were added after the user agent over the years. See "Amazon S3 server access log format" in
  /// its user guide.
  static var s3: TemplatePreset {
    TemplatePreset(
      layouts: [
        """
        $skipped $skipped [$time] $client $skipped $request_id $skipped $skipped "$request" $status $skipped $bytes $number $number $number \
        "$referrer" "$user_agent"$? $skipped $skipped $skipped $skipped $skipped $host $encryption
        """
      ],
      time: .combined, texts: .plain)
  }
}
