# SPDX-License-Identifier: Apache-2.0
"""The process's clients, for what has to reach all of them: its end, a test's capture, and metrics."""

from __future__ import annotations

import collections
import weakref
from typing import TYPE_CHECKING, Any, Deque, Dict, List, Mapping, Optional

if TYPE_CHECKING:
    from ._client import Client

_clients: weakref.WeakValueDictionary[int, Client] = weakref.WeakValueDictionary()
# The options of each shared client, by its token: those of the call that created it.
_shared_options: Dict[Optional[int], Mapping[str, Any]] = {}
# In a child of multiprocessing, the last clients stay until its end: nobody can wait for one that is collected.
_kept: Deque[Client] = collections.deque(maxlen=0)


def remember(client: Client) -> None:
    """Remembers a client until it is collected."""
    _clients[id(client)] = client
    _kept.append(client)


def options_of_shared(token: Optional[int], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of a shared client: those that are given if it is new, as later calls may name some of them or none."""
    return _shared_options.setdefault(token, given)


def forget_shared(token: Optional[int]) -> None:
    """Forgets the options of a client that is closed."""
    _shared_options.pop(token, None)


def keep_the_last() -> None:
    """From now on, the last clients are not collected."""
    global _kept
    _kept = collections.deque(maxlen=8)


def all_clients() -> List[Client]:
    """The objects; those of a shared client are several."""
    return [client for client in (reference() for reference in _clients.valuerefs()) if client is not None]


def open_clients() -> List[Client]:
    """One object for each client."""
    return list({client._token.value: client for client in all_clients()}.values())
