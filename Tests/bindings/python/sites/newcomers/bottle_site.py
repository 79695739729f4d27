# SPDX-License-Identifier: Apache-2.0
import bottle
import tpc

site = bottle.Bottle()


@site.get("/pricing")
def pricing():
    return "<h1>Pricing</h1>"


app = tpc.wsgi.Middleware(site)
