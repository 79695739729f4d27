# SPDX-License-Identifier: Apache-2.0
"""tpc-events/metrics, with stand-ins for prom-client and OpenTelemetry."""

import json
import re

from support.paths import ROOT


def test_the_metrics_are_a_client_s_numbers(project):
    output = project.run("--test", "metrics.test.mjs")
    assert "# pass 5" in output or "ℹ pass 5" in output, output


def test_every_metric_has_the_documented_names_which_are_python_s(project_20):
    program = """
        const { exposition, registerOpenTelemetry } = require('tpc-events/metrics');
        const client = new (require('tpc-events').Client)({ apiKey: 'key', dryRun: true }), dotted = [];
        const create = (kind) => (name) => dotted.push([name, kind]);
        registerOpenTelemetry({
          createObservableCounter: create('counter'), createObservableUpDownCounter: create('gauge'), addBatchObservableCallback() {},
        }, client);
        const names = [...exposition(client).matchAll(/^# TYPE (\\S+) (\\w+)$/gm)].map(([, name, kind]) => [name, kind]);
        console.log(JSON.stringify([names, dotted]));
    """
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `([\w.]+)` \| (counter|gauge) \| ", page, re.MULTILINE)
    prometheus, opentelemetry = json.loads(project_20.run("-e", program))
    assert sorted(prometheus) == sorted([name, kind] for name, _, kind in rows)
    assert sorted(opentelemetry) == sorted([name, kind] for _, name, kind in rows)
