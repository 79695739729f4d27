// SPDX-License-Identifier: Apache-2.0

/// The user agents of load balancers, orchestrators and uptime monitors, which ask for a page to see whether the server is up.
package enum HealthChecker {
  /// How their names begin, each as its operator documents it.
  private static let names: InlineArray<_, StaticString> = [
    // docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    "ELB-HealthChecker/",
    // docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
    "Amazon-Route53-Health-Check-Service",
    // kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes
    "kube-probe/",
    // cloud.google.com/load-balancing/docs/health-checks
    "GoogleHC/",
    // cloud.google.com/monitoring/uptime-checks
    "GoogleStackdriverMonitoring-UptimeChecks",
    // learn.microsoft.com/azure/frontdoor/health-probes
    "Edge Health Probe",
    // developer.hashicorp.com/consul/docs/services/usage/checks
    "Consul Health Check",
    // www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/health_checking
    "Envoy/HC",
    // developers.cloudflare.com/health-checks and /load-balancing/monitors
    "Cloudflare-Healthchecks/", "Cloudflare-Traffic-Manager/",
    // github.com/prometheus/blackbox_exporter
    "Blackbox Exporter/",
    // www.monitoring-plugins.org/doc/man/check_http.html
    "check_http/",
    // uptimerobot.com/help/locations
    "UptimeRobot/",
    // documentation.solarwinds.com/en/success_center/pingdom
    "Pingdom.com_bot", "pingbot/",
    // www.statuscake.com/kb/knowledge-base/what-are-your-user-agents
    "StatusCake",
    // www.site24x7.com/help/admin/adding-a-monitor/website.html
    "Site24x7",
    // betterstack.com/docs/uptime/frequently-asked-questions
    "Better Uptime Bot", "Better Stack",
    // docs.datadoghq.com/synthetics
    "Datadog/Synthetics", "DatadogSynthetics",
    // docs.newrelic.com/docs/synthetics
    "NewRelicPinger/", "NewRelicSynthetics/",
    // updown.io
    "updown.io",
    // hetrixtools.com/uptime-monitoring-bot.html
    "HetrixTools",
    // github.com/louislam/uptime-kuma
    "Uptime-Kuma/",
    // jetpack.com/support/monitor
    "jetmon/",
    // ohdear.app/docs/faq/what-is-the-oh-dear-checker
    "OhDear/",
    // uptime.com
    "Uptime/",
  ]

  /// Whether a user agent is one: its name comes first, or after `compatible;`, or last, after a browser's.
  @export(interface)
  @_optimize(speed)
  package static func isNamed(in userAgent: Bytes) -> Bool {
    if !userAgent.part(0, 8).matches("Mozilla/") { return isName(userAgent) }
    if userAgent.part(12, 24).matches("(compatible;") {
      return isName(userAgent.part(userAgent.count > 24 && userAgent[24] == 0x20 ? 25 : 24, userAgent.count))
    }
    var start = userAgent.count
    while start > 0, userAgent[start &- 1] != 0x20 { start &-= 1 }
    // A browser's last word is Safari, Firefox or Edg, and an AI agent's is a URL.
    guard start < userAgent.count else { return false }
    switch userAgent[start] {
    case UInt8(ascii: "D"), UInt8(ascii: "N"), UInt8(ascii: "O"), UInt8(ascii: "G"): return isName(userAgent.tail(start))
    default: return false
    }
  }

  private static func isName(_ text: Bytes) -> Bool {
    guard let first = text.first else { return false }
    for index in names.indices {
      let name = names[index].bytes
      if name[0] == first, text.part(0, name.count).matches(name) { return true }
    }
    return false
  }
}
