# SPDX-License-Identifier: Apache-2.0
"""The setting TPC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Dict, NamedTuple, Optional

from django.conf import settings  # type: ignore[import-untyped,unused-ignore]
from django.core.exceptions import ImproperlyConfigured  # type: ignore[import-untyped,unused-ignore]
from django.utils.module_loading import import_string  # type: ignore[import-untyped,unused-ignore]

from .._client import Client
from .._tracker import AsyncBeforeSend, AsyncEventHook


class Setting(NamedTuple):
    """Its options, and beside them the two hooks and the client, which may be dotted paths."""

    options: Dict[str, Any]
    event: Optional[AsyncEventHook]
    before_send: Optional[AsyncBeforeSend]
    client: Optional[Client]

    @classmethod
    def read(cls) -> Setting:
        """Raises ImproperlyConfigured, or ImportError for a dotted path that leads nowhere."""
        value = getattr(settings, "TPC", {})
        if not isinstance(value, Mapping):
            raise ImproperlyConfigured(f"the setting TPC: found {type(value).__name__}; expected a dict of options")
        options = dict(value)
        event, before_send, client = (_imported(options.pop(name, None)) for name in ("event", "before_send", "client"))
        if client is not None and not isinstance(client, Client):
            raise ImproperlyConfigured(f"client in the setting TPC: found {type(client).__name__}; expected a tpc.Client")
        return cls(options, event, before_send, client)


def _imported(value: Any) -> Any:
    return import_string(value) if isinstance(value, str) else value
