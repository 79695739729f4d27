"""Through a proxy: the option `proxy`, and no other."""

import pytest
from servers.fault_server import FaultServer
from servers.proxy import Proxy

from .library import DELIVERED, EXPIRED, TIMEOUT, Client


def test_plain_requests_pass_through_the_proxy():
    with Proxy() as proxy, FaultServer() as server, Client(server.url, proxy=proxy.url) as client:
        client.track("one", "two")
        assert {report.outcome for report in client.reports(2)} == {DELIVERED}
        assert len(server.requests) == len(proxy.requests) == 2


def test_tls_passes_through_a_tunnel_and_the_key_is_not_told_to_the_proxy(certificates):
    with Proxy() as proxy, FaultServer(tls=certificates.server_context()) as server:
        with Client(server.url, proxy=proxy.url, ca_file=certificates.ca_file) as client:
            client.track("one")
            assert client.report().outcome == DELIVERED
        (passed,) = proxy.requests
        assert passed.request.method == "CONNECT"
        assert b"key-for-the-test" not in passed.request.head
        (request,) = server.requests
        assert request.headers["x-api-key"] == "key-for-the-test"


@pytest.mark.parametrize("encrypted", [False, True])
def test_the_proxys_user_and_password_are_shown_to_the_proxy_only(certificates, encrypted):
    tls = certificates.server_context() if encrypted else None
    with Proxy(credential="user:pass word") as proxy, FaultServer(tls=tls) as server:
        url = proxy.url.replace("//", "//user:pass%20word@")
        with Client(server.url, proxy=url, ca_file=certificates.ca_file) as client:
            client.track("one")
            assert client.report().outcome == DELIVERED
        (request,) = server.requests
        assert b"proxy-authorization" not in request.head.lower()
        assert b"pass" not in request.head


@pytest.mark.parametrize("status", [403, 502])
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_proxy_that_refuses_keeps_the_event_waiting(certificates, encrypted, status):
    tls = certificates.server_context() if encrypted else None
    with Proxy(refuse=status) as proxy, FaultServer(tls=tls) as server:
        with Client(server.url, proxy=proxy.url, ca_file=certificates.ca_file) as client:
            client.track("one")
            stats = client.wait_for(lambda stats: stats.failed_requests >= 3)
            assert stats.pending == 1
            assert client.close(0) == (TIMEOUT, 1)
        assert server.connections == 0


def test_wrong_credentials_at_the_proxy_keep_the_event_waiting():
    with Proxy(credential="user:right") as proxy, FaultServer() as server:
        url = proxy.url.replace("//", "//user:wrong@")
        with Client(server.url, proxy=url, delivery_timeout_ms=1500) as client:
            client.track("one")
            report = client.report()
            assert (report.outcome, report.http_status) == (EXPIRED, 407)
        assert server.connections == 0


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_the_option_holds_whatever_the_environment_excludes_from_proxies(monkeypatch, name):
    """The environment is the host's, which may be changing it while the sender runs: the sender does not read it."""
    monkeypatch.setenv(name, "127.0.0.1,localhost,*")
    with Proxy() as proxy, FaultServer() as server, Client(server.url, proxy=proxy.url) as client:
        client.track("one")
        assert client.report().outcome == DELIVERED
        assert len(proxy.requests) == 1


@pytest.mark.parametrize("name", ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_proxies_of_the_environment_are_not_asked(certificates, monkeypatch, name):
    with Proxy() as proxy, FaultServer(tls=certificates.server_context()) as server:
        monkeypatch.setenv(name, proxy.url)
        with Client(server.url, ca_file=certificates.ca_file) as client:
            client.track("one")
            assert client.report().outcome == DELIVERED
        assert proxy.connections == 0
