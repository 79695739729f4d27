"""The endpoints under /_tpc: they return what was received, and set how the next requests are handled."""

import json

from starlette.responses import Response
from starlette.routing import Route

from . import answers, faults, hosts, strict_json


class Refusal(Exception):
    """A control request that is refused: the status, and the reason."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Control:
    """The handlers, for the state and the faults of one collector."""

    def __init__(self, state, faults):
        self._state, self._faults = state, faults

    def routes(self):
        """The Starlette routes."""
        return [
            Route("/_tpc/all", _answering(self._list(None)), methods=["GET"]),
            Route("/_tpc/good", _answering(self._list(True)), methods=["GET"]),
            Route("/_tpc/bad", _answering(self._list(False)), methods=["GET"]),
            Route("/_tpc/wait", _answering(self._wait), methods=["GET"]),
            Route("/_tpc/reset", _answering(self._reset), methods=["POST"]),
            Route("/_tpc/mode", _answering(self._mode), methods=["POST"]),
        ]

    def _list(self, good):
        async def handler(request):
            limit = _number(request, "limit", int, None)
            totals = json.dumps(self._state.totals())
            events = ", ".join(record.to_json() for record in self._state.records(good, limit))
            return 200, f'{{"totals": {totals}, "events": [{events}]}}'

        return handler

    async def _wait(self, request):
        count = _number(request, "count", int, 1)
        timeout = _number(request, "timeout", float, 10.0)
        came = await self._state.wait(count, timeout)
        return (200 if came else 408), json.dumps({"totals": self._state.totals()})

    async def _reset(self, request):
        self._state.reset()
        self._faults.clear()
        return 200, json.dumps({"totals": self._state.totals()})

    async def _mode(self, request):
        try:
            value = strict_json.parse(await request.body())
            if value is None or value == {}:
                self._faults.clear()
            else:
                self._faults.extend(faults.parse_modes(value))
        except strict_json.NotJSON as error:
            raise Refusal(400, f"The body is not JSON: {error}.") from None
        except ValueError as error:
            raise Refusal(422, str(error)) from None
        return 200, json.dumps({"waiting": self._faults.waiting()})


def _answering(handler):
    """A Starlette endpoint from a handler that returns a status and JSON text or raises Refusal."""

    async def endpoint(request):
        try:
            if not hosts.is_loopback(hosts.without_port(request.headers.get("host", ""))):
                # A web page can make its own host name resolve to this machine, and could then read visitors' data.
                raise Refusal(403, "The Host of this request is not a name of this machine.")
            status, text = await handler(request)
        except Refusal as refusal:
            status, text = refusal.status, answers.refused("control", str(refusal))
        return Response(text, status, media_type="application/json")

    return endpoint


def _number(request, name, kind, default):
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        number = kind(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 10**9:
        raise Refusal(422, f"{name}: expected a number from 0")
    return number
