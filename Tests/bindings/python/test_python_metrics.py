# SPDX-License-Identifier: Apache-2.0
"""The counters in Prometheus and OpenTelemetry, with the real packages."""

import gc
import re
import types

import prometheus_client
import pytest
import tpc
import tpc.opentelemetry
import tpc.prometheus
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from support import paths
from tpc import _metrics

HREF = "https://example.com/"
PAGE = (paths.ROOT / "docs/metrics.md").read_text(encoding="utf-8")


@pytest.fixture
def alone():
    """No client of another test is left."""
    gc.collect()
    for client in list(tpc._open_clients.open_clients()):
        client.close(0)


def exposed(registry):
    """What a scrape gets: the value of each sample."""
    text = prometheus_client.generate_latest(registry).decode()
    return {name: float(value) for name, value in re.findall(r"^(\w+) (\S+)$", text, re.MULTILINE)}


def of_prometheus(client=None):
    registry = prometheus_client.CollectorRegistry()
    registry.register(tpc.prometheus.Collector(client))
    return lambda: exposed(registry)


def of_opentelemetry(client=None):
    reader = InMemoryMetricReader()
    tpc.opentelemetry.instrument(client, MeterProvider([reader]))

    def read():
        ((scope,),) = [resource.scope_metrics for resource in reader.get_metrics_data().resource_metrics]
        assert (scope.scope.name, scope.scope.version) == ("tpc", tpc.__version__)
        return {metric.name: metric.data.data_points[0].value for metric in scope.metrics}

    return read


NAMES = {
    of_prometheus: ("tpc_events_delivered_total", "tpc_events_pending", "tpc_requests_total", "tpc_events_refused_invalid_total"),
    of_opentelemetry: ("tpc.events.delivered", "tpc.events.pending", "tpc.requests", "tpc.events.refused.invalid"),
}


@pytest.mark.parametrize("system", NAMES)
def test_the_counters_of_a_client_are_read_whenever_they_are_asked_for(client, collector, system):
    sender = client()
    read = system(sender)
    assert set(read().values()) == {0}
    sender.track(href=HREF)
    with pytest.raises(tpc.ValidationError):
        sender.track(href="")
    assert sender.flush(60) == 0
    collector.mode({"status": 503})
    sender.track(href=HREF)
    found = read()
    assert [found[name] for name in NAMES[system][:2]] == [1, 1]
    assert found[NAMES[system][2]] >= 1 and found[NAMES[system][3]] == 1
    sender.close(0)
    assert set(read().values()) == {0}


@pytest.mark.parametrize("system", NAMES)
def test_without_a_client_they_are_the_processs_sums_with_each_client_once(alone, client, system):
    delivered = NAMES[system][0]
    read = system()
    first, second = client(dry_run=True), client(dry_run=True)
    shared = [tpc.Client.shared(dry_run=True, name="metrics") for _ in range(3)]
    for sender in (first, second, *shared):
        sender.track(href=HREF)
        assert sender.flush(60) == 0
    assert read()[delivered] == 5
    shared[0].close()
    assert read()[delivered] == 2


def test_every_counter_is_a_metric_with_its_documented_name():
    assert list(_metrics.METRICS) == list(tpc.Stats._fields)
    rows = re.findall(r"^\| `(\w+)` \| `([\w.]+)` \| (counter|gauge) \| (.*) \|$", PAGE, re.MULTILINE)
    described = {}
    for metric in tpc.prometheus.Collector().describe():
        described[metric.name + ("_total" if metric.type == "counter" else "")] = (metric.type, metric.documentation)
    assert {name: (kind, meaning) for name, _, kind, meaning in rows} == described
    assert {name for _, name, _, _ in rows} == set(of_opentelemetry()())


def test_the_documents_programs_work(monkeypatch):
    programs = re.findall(r"<!-- test: metrics -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    registry = prometheus_client.CollectorRegistry()
    monkeypatch.setattr(prometheus_client, "REGISTRY", registry)
    names = {}
    for program in programs:
        exec(program, names)
    assert "tpc_events_accepted_total" in exposed(registry)
    started = []
    monkeypatch.setattr(prometheus_client, "start_http_server", lambda *arguments: started.append(arguments))
    names["post_worker_init"](types.SimpleNamespace(age=3))
    ((port, address, of_worker),) = started
    assert (port, address) == (9203, "127.0.0.1") and "tpc_events_accepted_total" in exposed(of_worker)


def test_what_goes_down_does_not_count_upwards_only():
    reader = InMemoryMetricReader()
    tpc.opentelemetry.instrument(None, MeterProvider([reader]))
    metrics = reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
    assert {metric.name for metric in metrics if not metric.data.is_monotonic} == {
        "tpc.events.pending",
        "tpc.queue.bytes",
        "tpc.requests.in_flight",
        "tpc.spool.bytes",
    }
