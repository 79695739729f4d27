# SPDX-License-Identifier: Apache-2.0
"""tpc-events/metrics, with stand-ins for prom-client and OpenTelemetry."""


def test_the_metrics_are_a_client_s_numbers(project):
    output = project.run("--test", "metrics.test.mjs")
    assert "# pass 5" in output or "ℹ pass 5" in output, output
