# SPDX-License-Identifier: Apache-2.0
"""The Flask extension:

    tpc.flask.TPC(app)
"""

from __future__ import annotations

from typing import Any, Mapping, Optional

from . import wsgi
from ._adapter import EventHook, Response
from ._client import Client


class TPC:
    """Tracks the page visits of a Flask application, now or by `init_app`.

    Options are keywords, or the application's configuration: app.config["TPC_API_KEY"] is api_key; keywords win. `event` is
    called with Flask's request and a Response, and returns what to add to the event in the contract's shape, or None.
    """

    def __init__(
        self, app: Any = None, client: Optional[Client] = None, *, event: Optional[EventHook] = None, **options: Any
    ) -> None:
        self._client = client
        self._event = event
        self._options = options
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Any) -> None:
        options = {**app.config.get_namespace("TPC_"), **self._options}
        event = self._with_request if self._event is not None else None
        app.wsgi_app = wsgi.Middleware(app.wsgi_app, self._client, event=event, **options)
        app.extensions["tpc"] = self

    def _with_request(self, environ: Mapping[str, Any], response: Response) -> Any:
        # Werkzeug leaves the request there; without it, the request never came to Flask.
        request = environ.get("werkzeug.request")
        return self._event(request, response) if self._event is not None and request is not None else None
