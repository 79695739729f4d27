# SPDX-License-Identifier: Apache-2.0
"""A plain WSGI application."""

import tpc.wsgi


def site(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"<h1>page</h1>"]


application = tpc.wsgi.Middleware(site)
