# SPDX-License-Identifier: Apache-2.0
"""What all middleware shares: tracks a framework's request, without ever raising into the application."""

from __future__ import annotations

import inspect
import time
from typing import Any, Awaitable, Callable, Dict, Generator, List, Literal, Mapping, NamedTuple, Optional, Tuple, Union

from . import _capture
from ._additions import sent_leniently
from ._before_send import event_of_request
from ._client import Client
from ._errors import LibraryNotFound, OptionError
from ._faults import warn_once
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
                text = f'{{{visit.members()},"event":{{"occurredAt":"{_date_time(visit.came)}"}}}}'
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
            steps, value = self._steps(client, visit), None
            while True:
                value = steps.send(value)
                if hasattr(value, "__await__"):
                    value = await value
        except StopIteration:
            pass
        except Exception as error:
            warn_once("a page visit was not tracked", error)

    def _track_with_hooks(self, client: Client, visit: Visit) -> None:
        steps, value = self._steps(client, visit), None
        try:
            while True:
                value = steps.send(value)
                if hasattr(value, "__await__"):
                    # Closed, so that Python does not warn about it as well.
                    getattr(value, "close", int)()
                    raise TypeError("a hook returned an awaitable, which only asynchronous middleware can wait for")
        except StopIteration:
            pass

    def _steps(self, client: Client, visit: Visit) -> Generator[Any, Any, None]:
        """Tracks the visit; yields what each hook returns, and takes what that stands for."""
        added: Any = None
        if self._event is not None:
            added = yield self._event(visit.request, visit.response())
            if added is False:
                return
            if added is not None and added.__class__ is not dict and not isinstance(added, Mapping):
                raise _unexpected("event", added)
        if time.time() - visit.came > _LONG and not (added and "occurredAt" in added):
            added = {"occurredAt": _date_time(visit.came), **(added or {})}
        members = visit.members()
        if self._before_send is None:
            send_request = client._track_request
            return sent_leniently(lambda event: send_request(f'{{{members},"event":{event}}}'.encode()), added or {})
        made: List[Optional[Dict[str, Any]]] = []
        sent_leniently(
            lambda event: made.append(event_of_request(client, f'{{{members},"event":{event}}}'.encode())), added or {}
        )
        if made[0] is None:
            return
        changed = yield self._before_send(made[0])
        if changed is None or changed is False:
            return
        if not isinstance(changed, Mapping):
            raise _unexpected("before_send", changed)
        sent_leniently(client.track_json, changed)

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
    """Whether a client can be made of the options. Raises OptionError for a wrong one."""
    try:
        validate_options(**options)
    except LibraryNotFound as error:
        warn_once("page visits are not tracked", error)
        return False
    except OptionError as error:
        if not lacks_credential(error):
            raise
        if not has_client:
            warn_once("page visits are not tracked", error)
            return False
    return True


def lacks_credential(error: OptionError) -> bool:
    """Whether the options lack nothing but a key."""
    return error.message.startswith("no credential")


def _unexpected(hook: str, returned: Any) -> Exception:
    return OptionError(hook, f"the hook returned {type(returned).__name__}; expected a mapping, None or False")


def _date_time(seconds: float) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{int(seconds % 1 * 1000):03d}Z"
