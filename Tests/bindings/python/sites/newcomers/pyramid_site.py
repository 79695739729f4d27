# SPDX-License-Identifier: Apache-2.0
import tpc
from pyramid.config import Configurator
from pyramid.response import Response


def pricing(request):
    return Response("<h1>Pricing</h1>")


with Configurator() as config:
    config.add_route("pricing", "/pricing")
    config.add_view(pricing, route_name="pricing")
    app = tpc.wsgi.Middleware(config.make_wsgi_app())
