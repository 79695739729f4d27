# SPDX-License-Identifier: Apache-2.0
"""Middleware for Django, under WSGI and ASGI:

    MIDDLEWARE = ["tpc.django.Middleware", ...]
    TPC = {"api_key": "..."}

With "tpc.django" in INSTALLED_APPS, too, `manage.py check` checks the setting.
"""

from __future__ import annotations

from typing import Any, Callable

from asgiref.sync import iscoroutinefunction

from .._client import Client
from .._tracker import Tracker
from ._setting import Setting
from ._visits import followed


def Middleware(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Tracks page visits once Django has answered; never raises into it and never makes it wait.

    The setting TPC has the options. Its `event` is a function, or the dotted path of one, that is called with Django's request
    and response and returns what to add to the event in the contract's shape, None, or False to leave the visit out. Its
    `before_send` is called with the whole event, a dict, and returns the event to send, or None to send none. Both may be coroutine
    functions. `client`, or its dotted path, is a client of your own.
    """
    setting = Setting.read()
    tracker = Tracker(setting.client, setting.event, setting.before_send, setting.options, awaits=True)

    if iscoroutinefunction(get_response):

        async def middleware_async(request: Any) -> Any:
            visit = followed(tracker, request)
            response = await get_response(request)
            return response if visit is None else visit.answered(response)

        return middleware_async

    def middleware(request: Any) -> Any:
        visit = followed(tracker, request)
        response = get_response(request)
        return response if visit is None else visit.answered(response)

    return middleware


# Django passes the rest of its chain as it is, synchronous or asynchronous.
vars(Middleware).update(sync_capable=True, async_capable=True)


def client() -> Client:
    """The client of the middleware: for its counters, or to track events of your own. Raises what Client raises."""
    setting = Setting.read()
    return setting.client or Client.shared(**setting.options)
