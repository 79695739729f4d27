# SPDX-License-Identifier: Apache-2.0
"""Middleware for Django, under WSGI and ASGI:

    MIDDLEWARE = ["tpc.django.Middleware", ...]
    TPC = {"api_key": "..."}
"""

from __future__ import annotations

from typing import Any, Callable

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.utils.module_loading import import_string

from ._tracker import Tracker, request_of_environ, request_of_scope


def Middleware(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Tracks page visits once Django has answered; never raises into it and never makes it wait.

    The setting TPC has the options. Its `event` is a function, or the dotted path of one, that is called with Django's request
    and response and returns what to add to the event in the contract's shape, None, or False to leave the visit out.
    """
    options = dict(getattr(settings, "TPC", {}))
    event = options.pop("event", None)
    tracker = Tracker(None, import_string(event) if isinstance(event, str) else event, options)

    if iscoroutinefunction(get_response):

        async def middleware_async(request: Any) -> Any:
            return _tracked(tracker, request, await get_response(request))

        return middleware_async

    def middleware(request: Any) -> Any:
        return _tracked(tracker, request, get_response(request))

    return middleware


# Django passes the rest of its chain as it is, synchronous or asynchronous.
vars(Middleware).update(sync_capable=True, async_capable=True)


def _tracked(tracker: Tracker, request: Any, response: Any) -> Any:
    """The response. The server closes it once it is sent, and the visit is tracked then."""
    close = response.close

    def close_and_track() -> None:
        try:
            close()
        finally:
            tracker.track(_request_of, request, response.status_code, _content_type, response, _same)

    response.close = close_and_track
    return response


def _content_type(response: Any) -> Any:
    return response.get("Content-Type")


def _same(_: int, response: Any) -> Any:
    return response


def _request_of(request: Any) -> str:
    return request_of_scope(request.scope) if hasattr(request, "scope") else request_of_environ(request.META)
