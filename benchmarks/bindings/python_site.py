"""One page for WSGI and ASGI, as it is and with the middleware around it; python_pages.py serves them.

SPDX-License-Identifier: Apache-2.0
"""

import tpc.asgi
import tpc.wsgi

BODY = b"<p>a page of some length</p>" * 400


def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(BODY)))])
    return iter([BODY])


async def asgi(scope, receive, send):
    headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


tracked_wsgi = tpc.wsgi.Middleware(wsgi)
tracked_asgi = tpc.asgi.Middleware(asgi)
