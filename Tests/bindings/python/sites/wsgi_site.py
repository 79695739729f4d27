# SPDX-License-Identifier: Apache-2.0
"""A plain WSGI application whose client, made and used before the server forks, is every worker's."""

import tpc
import tpc.wsgi


def site(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    return iter([b"<h1>", environ["PATH_INFO"].encode(), b"</h1>"])


client = tpc.Client()
client.track(href="http://localhost/before-the-fork")
application = tpc.wsgi.Middleware(site, client)
