# SPDX-License-Identifier: Apache-2.0
"""The Flask extension:

    tpc.flask.TPC(app)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Mapping, MutableMapping, Optional, Union

import flask

from . import wsgi
from ._client import Client
from ._tracker import BeforeSend, EventHook, Response, check_hook

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._client_options import ClientOptions


class TPC:
    """Tracks the page visits of a Flask application: of `app`, or later of the one that `init_app` is called with.

    Options are keywords, or the application's configuration: app.config["TPC_API_KEY"] is api_key; keywords win. `event` is
    called with Flask's request and a Response, and returns what to add to the event in the contract's shape, None, or False to
    leave the visit out. `before_send` is called with the whole event, a dict, and returns the event to send, or None to send none.
    Raises OptionError for a wrong option, and TypeError for a hook that is a coroutine function.
    """

    def __init__(
        self,
        app: Any = None,
        client: Optional[Client] = None,
        *,
        event: Optional[EventHook] = None,
        before_send: Optional[BeforeSend] = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        check_hook("event", event, awaits=False)
        check_hook("before_send", before_send, awaits=False)
        self._client = client
        self._event = event
        self._before_send = before_send
        self._options = options
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Any) -> None:
        """Tracks the application's visits, with the options of app.config["TPC_..."] and those that were given to TPC."""
        event = None if self._event is None else self._with_request
        options: Any = {**app.config.get_namespace("TPC_"), **self._options}
        app.wsgi_app = wsgi.Middleware(
            app.wsgi_app, self._client, event=event, before_send=self._before_send, **options
        )
        if event is not None:
            app.after_request(_keep_request)
        app.extensions["tpc"] = self

    def _with_request(
        self, environ: MutableMapping[str, Any], response: Response
    ) -> Union[Mapping[str, Any], Literal[False], None]:
        request = environ.get(wsgi.KEPT)
        # Without a request, Flask never handled this one, and the hook, which may ask for consent, cannot be asked.
        return False if request is None or self._event is None else self._event(request, response)


def _keep_request(response: Any) -> Any:
    """Keeps the request in the environ: Flask's own reference is gone when the response is sent."""
    request: Any = flask.request
    request.environ[wsgi.KEPT] = request._get_current_object()
    return response
