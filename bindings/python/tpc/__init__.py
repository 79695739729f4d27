# SPDX-License-Identifier: Apache-2.0
"""Sends The Prompting Company's page_visit events, in the background.

    import tpc

    with tpc.Client(api_key="...") as client:
        client.track(href="https://example.com/pricing", user_agent="GPTBot/1.2")

Web frameworks have middleware in tpc.wsgi, tpc.asgi, tpc.aiohttp, tpc.django and tpc.flask.
"""

import importlib
from typing import TYPE_CHECKING, Any

from ._agents import AIAgent, AIAnswer, ai_agent, ai_answer
from ._client import Client
from ._ending import deliver_on_sigterm
from ._errors import (
    Closed,
    Error,
    InvalidArgument,
    LibraryNotFound,
    OptionError,
    QueueFull,
    TooLarge,
    ValidationError,
)
from ._options import validate_options
from ._reports import Report, Stats
from ._version import __version__
from ._visit import PageVisit

if TYPE_CHECKING:
    from . import aiohttp, asgi, django, flask, opentelemetry, prometheus, testing, wsgi

# The modules that are imported when they are first used: most need a framework.
_MODULES = ("aiohttp", "asgi", "django", "flask", "opentelemetry", "prometheus", "testing", "wsgi")


if not TYPE_CHECKING:  # with it, type checkers would take any name

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return importlib.import_module(f".{name}", __name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "AIAgent",
    "AIAnswer",
    "Client",
    "Closed",
    "Error",
    "InvalidArgument",
    "LibraryNotFound",
    "OptionError",
    "PageVisit",
    "QueueFull",
    "Report",
    "Stats",
    "TooLarge",
    "ValidationError",
    "__version__",
    "ai_agent",
    "ai_answer",
    "deliver_on_sigterm",
    "validate_options",
]
