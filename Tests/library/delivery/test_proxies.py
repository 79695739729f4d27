"""Through a proxy: the option `proxy`, and no other."""

import os
import ssl

import pytest
from support.servers.fault_server import FaultServer
from support.servers.proxy import Proxy

from . import programs
from .library import DELIVERED, EXPIRED, TIMEOUT, Client


def test_plain_requests_pass_through_the_proxy():
    with Proxy() as proxy, FaultServer() as server, Client(server.url, proxy=proxy.url) as client:
        client.track("one", "two")
        assert {report.outcome for report in client.reports(2)} == {DELIVERED}
        assert len(server.requests) == len(proxy.requests) == 2


def test_tls_passes_through_a_tunnel_and_the_proxy_never_sees_the_key(certificates):
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


@pytest.mark.parametrize("encrypted", [False, True])
def test_wrong_credentials_at_the_proxy_keep_the_event_waiting_and_the_log_names_the_proxy(certificates, encrypted):
    tls = certificates.server_context() if encrypted else None
    reading, writing = os.pipe()
    with Proxy(credential="user:right") as proxy, FaultServer(tls=tls) as server:
        url = proxy.url.replace("//", "//user:wrong@")
        options = {"proxy": url, "ca_file": certificates.ca_file, "delivery_timeout_ms": 1500}
        with Client(server.url, log_level="info", log_descriptor=writing, **options) as client:
            client.track("one")
            report = client.report()
            assert (report.outcome, report.http_status) == (EXPIRED, 407)
        assert server.connections == 0
    os.close(writing)
    with os.fdopen(reading) as log:
        (line,) = log.read().splitlines()
    assert "the proxy answers HTTP 407" in line and "option proxy" in line and "base_url" not in line
    assert "wrong" not in line


@pytest.mark.parametrize("status, words", [
    (403, "the proxy answers HTTP 403: check the option proxy"),
    (400, "the proxy answers HTTP 400: check the option proxy"),
    (502, "the proxy answers HTTP 502; events are kept"),
])  # fmt: skip
def test_a_refused_tunnel_is_never_about_the_event_and_the_log_says_whose_answer_it_was(certificates, status, words):
    reading, writing = os.pipe()
    refusals = 8
    with Proxy(refuse=lambda number: status if number <= refusals else None) as proxy:
        with FaultServer(tls=certificates.server_context()) as server:
            options = {"proxy": proxy.url, "ca_file": certificates.ca_file}
            with Client(server.url, log_level="warn", log_descriptor=writing, **options) as client:
                client.track("one")
                report = client.report()
                assert (report.outcome, report.attempts) == (DELIVERED, refusals + 1)
    os.close(writing)
    with os.fdopen(reading) as log:
        (line,) = log.read().splitlines()
    assert words in line


def test_a_proxys_retry_after_for_a_refused_tunnel_does_not_hold_for_the_endpoint(certificates):
    refuse = lambda number: 503 if number == 1 else None  # noqa: E731
    with Proxy(refuse=refuse, headers={"Retry-After": "3600"}) as proxy:
        with FaultServer(tls=certificates.server_context()) as server:
            with Client(server.url, proxy=proxy.url, ca_file=certificates.ca_file) as client:
                client.track("one")
                report = client.report()
                assert (report.outcome, report.attempts) == (DELIVERED, 2)


@pytest.mark.parametrize("named", ["ca_file", "SSL_CERT_FILE"])
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_proxy_over_tls_is_trusted_as_the_endpoint_is(certificates, monkeypatch, encrypted, named):
    tls = certificates.server_context() if encrypted else None
    options = {"ca_file": certificates.ca_file} if named == "ca_file" else {}
    if not options:
        monkeypatch.setenv("SSL_CERT_FILE", certificates.ca_file)
    with Proxy(tls=certificates.server_context()) as proxy, FaultServer(tls=tls) as server:
        with Client(server.url, proxy=proxy.url, **options) as client:
            client.track("one")
            assert client.report().outcome == DELIVERED
        assert len(proxy.requests) == 1


@pytest.mark.parametrize("kind", ["expired", "wrong_host", "unknown_authority"])
def test_nothing_is_sent_to_a_proxy_with_a_bad_certificate(certificates, kind):
    with Proxy(tls=certificates.server_context(kind)) as proxy, FaultServer() as server:
        url = proxy.url.replace("//", "//user:secret@")
        with Client(server.url, proxy=url, ca_file=certificates.ca_file, delivery_timeout_ms=1500) as client:
            client.track("one")
            client.wait_for(lambda stats: stats.failed_requests >= 3)
            assert client.report().outcome == EXPIRED
        assert proxy.requests == [] and proxy.connections >= 3


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_versions_before_tls_1_2_are_refused_of_a_proxy_too(certificates, lenient_openssl):
    old = certificates.server_context(maximum=ssl.TLSVersion.TLSv1_1)
    with Proxy(tls=old) as proxy, FaultServer() as server:
        options = {"proxy": proxy.url, "ca_file": certificates.ca_file}
        output = programs.run("distant", 1, 1000, url=server.url, **options)
        assert programs.measured(output)["undelivered"] == 1
        assert proxy.connections >= 1
        assert proxy.requests == []


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
