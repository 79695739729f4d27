# SPDX-License-Identifier: Apache-2.0
"""The counters for Prometheus (pip install 'tpc-events[prometheus]'):

    prometheus_client.REGISTRY.register(tpc.prometheus.Collector())
"""

from __future__ import annotations

from typing import Iterator, List, Optional

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector as _Collector

from . import _metrics
from ._client import Client


class Collector(_Collector):
    """Reads the counters whenever it is asked: tpc_events_accepted_total, tpc_events_pending and so on.

    Of the client that is given, otherwise the sums over all clients of this process, those of middleware among them. Each process
    has its own: docs/metrics.md says what that means for a server with several.
    """

    def __init__(self, client: Optional[Client] = None) -> None:
        self._client = client

    def describe(self) -> List[Metric]:
        """The metrics without their values: registering asks for their names, and needs no client."""
        return [_family(metric, None) for metric in _metrics.METRICS.values()]

    def collect(self) -> Iterator[Metric]:
        """The metrics with their values, for a scrape."""
        stats = _metrics.totals(self._client)
        for member, metric in _metrics.METRICS.items():
            yield _family(metric, getattr(stats, member))


def _family(metric: _metrics.Metric, value: Optional[float]) -> Metric:
    name = "_".join(("tpc", *metric.name))
    return (CounterMetricFamily if metric.is_counter else GaugeMetricFamily)(name, metric.meaning, value=value)
