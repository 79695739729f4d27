# SPDX-License-Identifier: Apache-2.0
"""Django with its middleware, under WSGI and ASGI, and with ASGI's around it."""

import sys

import django
import tpc.asgi
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

# `runserver` loads this file a second time, under its own name.
if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="django_site",
        SECRET_KEY="of a site that keeps no secrets",
        MIDDLEWARE=["tpc.django.Middleware"],
    )
    django.setup()


def page(request, number):
    return HttpResponse("<h1>page</h1>")


urlpatterns = [path("page/<number>", page)]


if __name__ == "__main__":
    execute_from_command_line(sys.argv)
else:
    settings.MIDDLEWARE = []
    wrapped = tpc.asgi.Middleware(get_asgi_application())
    settings.MIDDLEWARE = ["tpc.django.Middleware"]
    wsgi = get_wsgi_application()
    asgi = get_asgi_application()
