// SPDX-License-Identifier: Apache-2.0

extension TemplatePreset {
  /// An Application Load Balancer of AWS, and the classic load balancer, whose lines begin with the time. The request has the whole URL;
  /// there is no referrer. Fields were added at the end over the years. See "Access log entries" in the load balancers' user guide.
  static var alb: TemplatePreset {
    TemplatePreset(
      layouts: [
        """
        $skipped $time $skipped $client_port $skipped $number $number $number $status $skipped $number $bytes "$url_request" "$user_agent"$?\
         $skipped $skipped $skipped "$request_id"
        """,
        """
        $time $skipped $client_port $skipped $number $number $number $status $skipped $number $bytes "$url_request"$? "$user_agent" $skipped \
        $skipped
        """,
      ],
      time: .iso, texts: .escaped)
  }
}
