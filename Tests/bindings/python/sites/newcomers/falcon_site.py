# SPDX-License-Identifier: Apache-2.0
import falcon
import tpc


class Pricing:
    def on_get(self, request, response):
        response.content_type = falcon.MEDIA_HTML
        response.text = "<h1>Pricing</h1>"


site = falcon.App()
site.add_route("/pricing", Pricing())
app = tpc.wsgi.Middleware(site)
