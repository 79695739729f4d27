# SPDX-License-Identifier: Apache-2.0
"""A Django project in one file, for WSGI and ASGI."""

import django
import tpc.asgi
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path


def added(request, response):
    if request.path == "/page/without-consent":
        return False
    return {"properties": {"status": response.status_code, "view": request.resolver_match.view_name}}


settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of a site that keeps no secrets",
    MIDDLEWARE=["tpc.django.Middleware"],
    TPC={"event": f"{__name__}.added"},
)
django.setup()


def page(request, name):
    return HttpResponse(f"<h1>{name}</h1>")


async def page_async(request, name):
    return HttpResponse(f"<h1>{name}</h1>")


def stream(request):
    return StreamingHttpResponse(part for part in (b"<h1>", b"stream", b"</h1>"))


urlpatterns = [
    path("page/<name>", page, name="page"),
    path("async/<name>", page_async, name="async"),
    path("stream", stream, name="stream"),
]
application = get_wsgi_application()
# uvicorn ends its processes by a signal: the ASGI middleware delivers before.
asgi = get_asgi_application()
