# SPDX-License-Identifier: Apache-2.0
"""The counters for OpenTelemetry (pip install 'tpc-events[opentelemetry]'):

    tpc.opentelemetry.instrument()
"""

from __future__ import annotations

from typing import Callable, Iterable, List, Optional

from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation, get_meter

from . import _metrics
from ._client import Client
from ._version import __version__


def instrument(client: Optional[Client] = None, meter_provider: Optional[MeterProvider] = None) -> None:
    """Makes an instrument of each counter: tpc.events.accepted, tpc.events.pending and so on. Call it once in a process.

    Of the client that is given, otherwise the sums over all clients of this process, those of middleware among them. Without a
    meter_provider, they are the global one's.
    """
    meter = get_meter("tpc", __version__, meter_provider)
    for member, metric in _metrics.METRICS.items():
        create = meter.create_observable_counter if metric.is_counter else meter.create_observable_up_down_counter
        create(".".join(("tpc", *metric.name)), [_callback(client, member)], metric.unit, metric.meaning)


def _callback(client: Optional[Client], member: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def observe(_: CallbackOptions) -> List[Observation]:
        return [Observation(getattr(_metrics.totals(client), member))]

    return observe
