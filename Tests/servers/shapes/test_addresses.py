"""Behind a proxy: whose address a visit has, and which URL, by what the web server and the library are told to trust."""

import contextlib
import functools

import pytest
from support.alone import make
from support.servers import apache, nginx

from .case import get, tracked, visit
from .scene import Scene

PAGE = {"site/page.html": "<!doctype html>"}
# The ports are servers of their own, by what they make of X-Forwarded-For: nothing, the visitor's address, or nothing since it
# comes from somebody else.
PORTS = ("plain", "found", "others")
FORWARDED = ("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: www.shop.example.com")
# The visitor has sent an address, too, and the proxy has added the visitor's.
FORGED = ("X-Forwarded-For: 198.51.100.66, 203.0.113.9", *FORWARDED[1:])
VISITOR, PROXY = "203.0.113.9", "127.0.0.1"
INSIDE, OUTSIDE = "http://inside.example.com/page.html", "https://www.shop.example.com/page.html"

NGINX = """
tpc_zone tpc;
tpc_property case $http_x_case;
log_format visits '$http_x_case $tpc';
include /etc/nginx/mime.types;
""" + "".join(
    f"""
server {{
    listen 127.0.0.1:@{port}@;
    access_log @folder@/visits.log visits;
    root @folder@/site;
    real_ip_header X-Forwarded-For;
    {found}
    location = /tpc-status {{ access_log off; tpc off; tpc_status; }}
}}
"""
    for port, found in zip(PORTS, ("", "set_real_ip_from 127.0.0.1;", "set_real_ip_from 192.0.2.1;"))
)

APACHE = """
LogFormat "%{X-Case}i %{tpc}n" visits
CustomLog @folder@/visits.log visits "expr=%{REQUEST_URI} != '/tpc-status'"
TpcProperty case "%{req:X-Case}"
DocumentRoot @folder@/site
<Directory @folder@/site>
    Require all granted
</Directory>
<Location /tpc-status>
    SetHandler tpc-status
</Location>
<VirtualHost 127.0.0.1:@found@>
    RemoteIPHeader X-Forwarded-For
    RemoteIPInternalProxy 127.0.0.1
</VirtualHost>
<VirtualHost 127.0.0.1:@others@>
    RemoteIPHeader X-Forwarded-For
    RemoteIPInternalProxy 192.0.2.1
</VirtualHost>
"""


def run_nginx(scene, **options):
    return nginx.Nginx(nginx.tracking(scene.collector, **options) + NGINX, ports=PORTS, files=PAGE, user="nobody")


def run_apache(scene, **options):
    modules = ("mime", "remoteip")
    return apache.Apache(apache.tracking(scene.collector, **options) + APACHE, ports=PORTS, files=PAGE, modules=modules)


def case(port, address, href, lines=FORWARDED, name="the proxy's headers"):
    request = get("/page.html", *lines, host="inside.example.com")
    return tracked(f"{port}: {name}", request, visit(href, address=address), port=port)


# By whether trusted_proxies names the proxy: what arrives.
CASES = {
    False: [
        case("plain", PROXY, INSIDE),
        case("found", VISITOR, INSIDE),
        case("others", PROXY, INSIDE),
        case("plain", PROXY, INSIDE, FORGED, "a forged address"),
        case("found", VISITOR, INSIDE, FORGED, "a forged address"),
        case("others", PROXY, INSIDE, FORGED, "a forged address"),
    ],
    True: [
        case("plain", VISITOR, OUTSIDE),
        case("found", VISITOR, OUTSIDE),
        case("others", VISITOR, OUTSIDE),
        case("plain", VISITOR, OUTSIDE, FORGED, "a forged address"),
        case("found", VISITOR, OUTSIDE, FORGED, "a forged address"),
        case("others", VISITOR, OUTSIDE, FORGED, "a forged address"),
        case("plain", PROXY, INSIDE, (), "no headers"),
        case("found", PROXY, INSIDE, (), "no headers"),
    ],
}
ROWS = [
    pytest.param(server, trusted, each, id=f"{server}, trusted_proxies {'names it' if trusted else 'unset'}, {each.name}")
    for server in ("nginx", "apache") for trusted, cases in CASES.items() for each in cases
]  # fmt: skip


@pytest.fixture(scope="module")
def scene():
    with contextlib.ExitStack() as stack:

        @functools.cache
        def run(server, trusted):
            make(server)
            start = {"nginx": run_nginx, "apache": run_apache}[server]
            options = {"trusted_proxies": "127.0.0.1"} if trusted else {}
            return stack.enter_context(Scene(functools.partial(start, **options), CASES[trusted], with_counters=False))

        yield run


@pytest.mark.parametrize("server, trusted, case", ROWS)
def test_a_visit_has_the_visitors_address_and_url_as_far_as_the_proxy_is_trusted(scene, server, trusted, case):
    assert scene(server, trusted).found(case) == scene(server, trusted).expected(case)
