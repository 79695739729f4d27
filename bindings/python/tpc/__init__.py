# SPDX-License-Identifier: Apache-2.0
"""Sends The Prompting Company's page_visit events, in the background.

    import tpc

    with tpc.Client(api_key="...") as client:
        client.track(href="https://example.com/pricing", user_agent="GPTBot/1.2")

Web frameworks have middleware in tpc.wsgi, tpc.asgi, tpc.django and tpc.flask.
"""

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
