# SPDX-License-Identifier: Apache-2.0
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of a site that keeps no secrets",
    INSTALLED_APPS=["tpc.django"],
    MIDDLEWARE=["tpc.django.Middleware"],
)
django.setup()


def pricing(request):
    return HttpResponse("<h1>Pricing</h1>")


urlpatterns = [path("pricing", pricing)]
app = get_wsgi_application()
