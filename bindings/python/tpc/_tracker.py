# SPDX-License-Identifier: Apache-2.0
"""What all middleware shares: tracks a framework's request, without ever raising into the application."""

from __future__ import annotations

import inspect
import time
from datetime import datetime, timezone
from typing import Any, Awaitable, Callable, Dict, List, Literal, Mapping, NamedTuple, Optional, Tuple, Union

from . import _capture
from ._additions import sent_leniently
from ._before_send import event_of_request
from ._client import Client
from ._errors import LibraryNotFound, OptionError
from ._faults import warn_kind, warn_once
from ._json import json_text
from ._options import validate_options

Added = Union[Mapping[str, Any], Literal[False], None]
# Takes the framework's request and response; returns what the application adds to the event, in the contract's shape, None when it
# adds nothing, or False when the visit is not to be tracked.
EventHook = Callable[[Any, Any], Added]
# Takes the whole event; returns the event to send, or None or False to send none.
BeforeSend = Callable[[Dict[str, Any]], Added]
# The same where the middleware can wait for them.
AsyncEventHook = Callable[[Any, Any], Union[Added, Awaitable[Added]]]
AsyncBeforeSend = Callable[[Dict[str, Any]], Union[Added, Awaitable[Added]]]

# A response that took longer than this is a visit of the moment at which its request came; otherwise the end will do.
_LONG = 0.1


class Response(NamedTuple):
    """The response of a WSGI or ASGI application, for an event hook."""

    status: int
    headers: List[Tuple[str, str]]

    @property
    def content_type(self) -> Optional[str]:
        """The Content-Type header; None without one."""
        return type_of_headers(self.headers)


def type_of_headers(headers: List[Tuple[str, str]]) -> Optional[str]:
    """The Content-Type among a response's headers; None without one."""
    for name, value in headers:
        if len(name) == 12 and name.lower() == "content-type":
            return value
    return None


class Visit:
    """A request that was answered: `request` is the framework's, for the event hook, and `came` the time at which it came."""

    request: Any
    came: float

    def members(self) -> str:
        """The members of the library's request, as JSON."""
        raise NotImplementedError

    def response(self) -> Any:
        """The response for the event hook."""
        raise NotImplementedError


class Tracker:
    """Tracks page visits with the client that is given, or with the process's shared one for the options, which the first request
    takes: in gunicorn's or uWSGI's worker rather than in the process that it is forked from, though both work.

    Checks the options and hooks at once: raises OptionError or TypeError. Without a credential, or without the library, nothing is
    tracked, and one warning says so. Hooks may be coroutine functions where `awaits` says that the middleware can wait for them.
    """

    def __init__(
        self,
        client: Optional[Client],
        event: Optional[AsyncEventHook],
        before_send: Optional[AsyncBeforeSend],
        options: Mapping[str, Any],
        awaits: bool = False,
    ) -> None:
        check_hook("event", event, awaits)
        check_hook("before_send", before_send, awaits)
        if client is not None and not hasattr(client, "_track_request"):
            raise TypeError(f"client: found {type(client).__name__}; expected a tpc.Client")
        self._client = client
        self._event = event
        self._before_send = before_send
        self._options = options
        self.has_hooks = event is not None or before_send is not None
        self.awaits = is_async(event) or is_async(before_send)
        self._of_test: Tuple[Any, Optional[Client]] = (None, None)
        self._works = _checked(options, client is not None)

    def track(self, visit: Visit) -> None:
        """Tracks the visit, if the library's rules say that it is one."""
        try:
            client = self._client or self.client()
            if client is None:
                return
            if self.has_hooks:
                return self._track_with_hooks(client, visit)
            if time.time() - visit.came > _LONG:
                text = f'{{{visit.members()},"event":{json_text({"occurredAt": _moment(visit.came)})}}}'
            else:
                text = f"{{{visit.members()}}}"
            client._track_request(text.encode())
        except Exception as error:
            warn_once("a page visit was not tracked", error)

    async def track_async(self, visit: Visit) -> None:
        """`track`, which waits for hooks."""
        try:
            client = self._client or self.client()
            if client is None:
                return
            added: Any = None if self._event is None else self._event(visit.request, visit.response())
            if hasattr(added, "__await__"):
                added = await added
            event = self._sent(client, visit, added)
            if event is not None and self._before_send is not None:
                changed: Any = self._before_send(event)
                if hasattr(changed, "__await__"):
                    changed = await changed
                _send_changed(client, changed)
        except Exception as error:
            warn_once("a page visit was not tracked", error)

    def _track_with_hooks(self, client: Client, visit: Visit) -> None:
        added = None if self._event is None else _at_once(self._event(visit.request, visit.response()))
        event = self._sent(client, visit, added)
        if event is not None and self._before_send is not None:
            _send_changed(client, _at_once(self._before_send(event)))

    def _sent(self, client: Client, visit: Visit, added: Any) -> Optional[Dict[str, Any]]:
        """Sends the visit with what `event` returned; if there is a before_send, returns the event for it instead. None also when
        the visit is left out.
        """
        if added is False:
            return None
        if added is not None and added.__class__ is not dict and not isinstance(added, Mapping):
            raise _unexpected("event", added)
        if time.time() - visit.came > _LONG and not (added and "occurredAt" in added):
            added = {"occurredAt": _moment(visit.came), **(added or {})}
        members = visit.members()
        if self._before_send is None:
            send_request = client._track_request
            sent_leniently(lambda event: send_request(f'{{{members},"event":{event}}}'.encode()), added or {})
            return None
        made: List[Optional[Dict[str, Any]]] = []
        sent_leniently(
            lambda event: made.append(event_of_request(client, f'{{{members},"event":{event}}}'.encode())), added or {}
        )
        return made[0]

    def client(self) -> Optional[Client]:
        """The client; None when it cannot be created, which is tried once and logged."""
        if self._client is not None:
            return self._client
        try:
            if _capture.current is not None:
                # A test needs no key, but what comes after it does.
                if self._of_test[0] is not _capture.current:
                    self._of_test = (_capture.current, Client.shared(**self._options))
                return self._of_test[1]
            if self._works:
                self._client = Client.shared(**self._options)
        except Exception as error:
            self._works = False
            warn_once("page visits are not tracked", error)
        return self._client

    def flush(self) -> None:
        """Waits until what is queued is delivered, at most exit_timeout_ms, the middleware's or else the client's. Returns
        at once if there never was a request.
        """
        if self._client is not None:
            try:
                given = self._options.get("exit_timeout_ms")
                self._client.flush((self._client._exit_timeout_ms if given is None else int(given)) / 1000)
            except Exception as error:
                warn_once("queued page visits may not be delivered", error)


def _at_once(returned: Any) -> Any:
    """What a hook returned. Raises TypeError for what would have to be waited for."""
    if hasattr(returned, "__await__"):
        # Closed, so that Python does not warn about it as well.
        getattr(returned, "close", int)()
        raise TypeError("a hook returned an awaitable, which only asynchronous middleware can wait for")
    return returned


def _send_changed(client: Client, event: Any) -> None:
    """Sends what before_send returned."""
    if event is None or event is False:
        return
    if not isinstance(event, Mapping):
        raise _unexpected("before_send", event)
    sent_leniently(client.track_json, {"event": "page_visit", **event})


def is_async(hook: Any) -> bool:
    """Whether calling the hook returns something to wait for, as far as can be seen."""
    return inspect.iscoroutinefunction(hook) or inspect.iscoroutinefunction(getattr(hook, "__call__", None))


def check_hook(name: str, hook: Any, awaits: bool) -> None:
    """Raises TypeError for a hook that the middleware cannot call."""
    if hook is None:
        return
    if not callable(hook):
        raise TypeError(f"{name}: found {type(hook).__name__}; expected a function")
    if not awaits and is_async(hook):
        raise TypeError(f"{name}: found a coroutine function, which synchronous middleware cannot wait for; expected a function")


def _checked(options: Mapping[str, Any], has_client: bool) -> bool:
    """Whether a client can be made of the options, or is there already. Raises OptionError for a wrong one that is given; what is
    wrong in the environment, which differs from machine to machine, is one warning.
    """
    given = [name for name, value in options.items() if value is not None]
    try:
        validate_options(**({**options, "enabled": False} if has_client else options))
        if has_client and given:
            warn_kind(f"unused {given}", f"{', '.join(given)}: not used, since `client` has its own options")
    except LibraryNotFound as error:
        warn_once("page visits are not tracked", error)
        return False
    except OptionError as error:
        lacks_key = lacks_credential(error)
        if not lacks_key and error.field in given:
            raise
        if has_client or lacks_key and _is_shared(options):
            return True
        warn_once("page visits are not tracked", error)
        return False
    return True


def _is_shared(options: Mapping[str, Any]) -> bool:
    """Whether the process has a shared client already that these options, which have no key, do not contradict."""
    try:
        Client.shared(**options)
    except OptionError:
        return False
    return True


def lacks_credential(error: OptionError) -> bool:
    """Whether the options lack nothing but a key."""
    return error.message.startswith("no credential")


def _unexpected(hook: str, returned: Any) -> Exception:
    return OptionError(hook, f"the hook returned {type(returned).__name__}; expected a mapping, None or False")


def _moment(seconds: float) -> datetime:
    """A time in UTC, to the millisecond."""
    return datetime.fromtimestamp(int(seconds * 1000) / 1000, timezone.utc)
