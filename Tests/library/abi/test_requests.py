"""What a request looks like: its line, its headers, its credential."""

import re

import pytest
from support.library import shared
from support.objects import Client
from support.servers.fault_server import FaultServer
from support.servers.http2_server import Http2Server
from support.servers.proxy import Proxy
from support.servers.tls import Certificates

from .option_table import CREDENTIALS

VISIT = '{"event":"page_visit","page":{"href":"https://example.com/"}}'
PATH = "/api/v1/analytics/events"
VERSION = shared().tpc_version_string().decode()
CREDENTIAL_HEADERS = {"x-api-key", "authorization", "cookie"}
ALWAYS = {"host", "content-type", "accept", "user-agent", "content-length"}
SENT_AS = {
    "api_key": ("x-api-key", "{}"),
    "bearer_token": ("authorization", "Bearer {}"),
    "session_token": ("cookie", "better-auth.session_token={}"),
}
NAMING = {
    "organization_id": "x-tpc-organization-id",
    "organization_slug": "x-tpc-organization-slug",
    "product_id": "x-tpc-product-id",
    "product_slug": "x-tpc-product-slug",
}


def request_with(**options):
    """The one request of a client with these options, which deliver one visit."""
    with FaultServer() as server:
        options.setdefault("base_url", server.url)
        options["base_url"] = options["base_url"].replace("PORT", str(server.port))
        with Client(log_level="off", **options) as client:
            client.track_json(VISIT)
            assert client.close() == 0
        (request,) = server.requests
        request.server_port = server.port
        return request


@pytest.mark.parametrize("name", CREDENTIALS)
def test_each_credential_goes_into_its_own_header_and_no_other(name):
    secret = "Secret.with-all_kinds~of+characters/1="
    headers = request_with(**{name: secret}).headers
    header, form = SENT_AS[name]
    assert headers[header] == form.format(secret)
    assert set(headers) == ALWAYS | {header}


def test_all_credentials_that_are_set_are_sent():
    headers = request_with(**{name: f"secret-{name}" for name in CREDENTIALS}).headers
    for name, (header, form) in SENT_AS.items():
        assert headers[header] == form.format(f"secret-{name}")


def test_an_empty_credential_sends_no_header():
    assert CREDENTIAL_HEADERS & set(request_with(api_key="x", bearer_token="", session_token="").headers) == {
        "x-api-key"
    }


@pytest.mark.parametrize("name", NAMING)
def test_organization_and_product_are_named_in_their_headers(name):
    headers = request_with(api_key="x", **{name: "acme-1"}).headers
    assert headers[NAMING[name]] == "acme-1"
    assert set(headers) == ALWAYS | {"x-api-key", NAMING[name]}
    assert set(request_with(api_key="x", **{name: ""}).headers) == ALWAYS | {"x-api-key"}


def test_the_request_is_a_post_of_json_to_the_contracts_path():
    request = request_with(api_key="x")
    assert request.head.startswith(b"POST %s HTTP/1.1\r\n" % PATH.encode())
    assert request.headers["content-type"] == request.headers["accept"] == "application/json"
    assert int(request.headers["content-length"]) == len(request.body)
    # Each header once, and nothing that asks the server to answer before the body.
    names = re.findall(rb"^([\w-]+):", request.head, re.MULTILINE)
    assert len(names) == len({name.lower() for name in names})


@pytest.mark.parametrize(
    ("base", "target"),
    [("", PATH), ("/", PATH), ("///", PATH), ("/base", "/base" + PATH), ("/a/b%20c/", "/a/b%20c" + PATH)],
)
def test_a_path_in_base_url_is_kept(base, target):
    request = request_with(api_key="x", base_url=f"http://127.0.0.1:PORT{base}")
    assert request.target == target
    assert request.headers["host"] == f"127.0.0.1:{request.server_port}"


def test_the_user_agent_names_library_and_runtime():
    assert request_with(api_key="x").headers["user-agent"] == f"libtpc/{VERSION} (c)"
    binding = {"sdk_name": "tpc-python", "sdk_version": "9.8", "sdk_runtime": "CPython 3.11"}
    assert request_with(api_key="x", **binding).headers["user-agent"] == "tpc-python/9.8 (CPython 3.11)"
    assert request_with(api_key="x", sdk_version="").headers["user-agent"] == f"libtpc/{VERSION} (c)"


def test_http_2_carries_the_same_headers():
    with Certificates() as certificates, Http2Server(certificates.server_context(alpn=["h2"])) as server:
        with Client(base_url=server.url, ca_file=certificates.ca_file, log_level="off", organization_id="acme",
                    **{name: f"secret-{name}" for name in CREDENTIALS}) as client:  # fmt: skip
            client.track_json(VISIT)
            assert client.close() == 0
        (request,) = server.requests
        headers = dict(request.headers)
    for name, (header, form) in SENT_AS.items():
        assert headers[header] == form.format(f"secret-{name}")
    assert headers["x-tpc-organization-id"] == "acme" and headers["user-agent"] == f"libtpc/{VERSION} (c)"


def test_a_proxy_gets_its_own_password_and_the_endpoint_the_credential():
    with FaultServer() as server, Proxy(credential="user:pass-word") as proxy:
        address = proxy.url.replace("http://", "http://user:pass-word@")
        with Client(base_url=server.url, api_key="secret", proxy=address, log_level="off") as client:
            client.track_json(VISIT)
            assert client.close() == 0
        assert len(proxy.requests) == len(server.requests) == 1
        assert server.requests[0].headers["x-api-key"] == "secret"
        assert "proxy-authorization" not in server.requests[0].headers
