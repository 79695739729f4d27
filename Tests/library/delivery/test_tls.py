"""TLS: a server whose certificate or version is not good enough is sent nothing, least of all the key."""

import ssl

import pytest
from support.servers.fault_server import ACCEPT, BODY, HELLO, Close, FaultServer, Reset

from . import programs
from .library import DELIVERED, OK, TIMEOUT, Client


def test_events_are_delivered_over_tls(certificates):
    with FaultServer(tls=certificates.server_context()) as server:
        with Client(server.url, ca_file=certificates.ca_file) as client:
            client.track(*range(20))
            assert all(report.outcome == DELIVERED for report in client.reports(20))
            assert client.stats().failed_requests == 0


def test_an_unknown_authority_is_trusted_when_the_system_names_its_file(certificates, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", certificates.ca_file)
    with FaultServer(tls=certificates.server_context()) as server, Client(server.url) as client:
        client.track("one")
        assert client.report().outcome == DELIVERED


@pytest.mark.parametrize("kind", ["expired", "wrong_host", "unknown_authority"])
def test_nothing_is_sent_to_a_server_with_a_bad_certificate(certificates, kind):
    with FaultServer(tls=certificates.server_context(kind)) as server:
        with Client(server.url, ca_file=certificates.ca_file) as client:
            client.track("one")
            stats = client.wait_for(lambda stats: stats.failed_requests >= 3)
            assert stats.pending == 1
            assert client.close(0) == (TIMEOUT, 1)
        assert server.requests == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_versions_before_tls_1_2_are_refused_even_where_the_system_allows_them(certificates, lenient_openssl):
    old = certificates.server_context(maximum=ssl.TLSVersion.TLSv1_1)
    with FaultServer(tls=old) as server:
        output = programs.run("distant", 1, 1000, url=server.url, ca_file=certificates.ca_file)
        assert programs.measured(output)["undelivered"] == 1
        assert server.connections >= 1
        assert server.requests == []


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(certificates, version):
    context = certificates.server_context(minimum=version, maximum=version)
    with FaultServer(tls=context) as server, Client(server.url, ca_file=certificates.ca_file) as client:
        client.track("one")
        assert client.report().outcome == DELIVERED


@pytest.mark.parametrize("fault", [Reset(ACCEPT), Close(ACCEPT), Reset(HELLO), Close(HELLO)])
def test_a_handshake_that_is_cut_is_tried_again(certificates, fault):
    with FaultServer(on_accept=[fault], tls=certificates.server_context()) as server:
        with Client(server.url, ca_file=certificates.ca_file) as client:
            client.track("one")
            report = client.report()
            assert report.outcome == DELIVERED
            assert len(server.requests) == 1


def test_a_handshake_with_a_server_that_speaks_none_is_tried_again():
    with FaultServer() as server:
        url = server.url.replace("http:", "https:")
        with Client(url, connect_timeout_ms=300) as client:
            client.track("one")
            stats = client.wait_for(lambda stats: stats.failed_requests >= 3)
            assert stats.pending == 1
            assert client.close(0) == (TIMEOUT, 1)


@pytest.mark.parametrize("fault", [Reset, Close])
def test_requests_cut_within_tls_are_sent_again(certificates, fault):
    with FaultServer([fault(BODY)] * 4, tls=certificates.server_context()) as server:
        with Client(server.url, ca_file=certificates.ca_file) as client:
            client.track(*range(30))
            assert len({report.event_id for report in client.reports(30)}) == 30
            assert client.close() == (OK, 0)


def test_a_program_with_more_rights_than_its_user_does_not_trust_whom_the_user_names(certificates, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", certificates.ca_file)
    with FaultServer(tls=certificates.server_context()) as server:
        programs.run("privileged", server.url, url=server.url)
        assert server.connections >= 2 and server.requests == []


def test_a_program_with_more_rights_than_its_user_writes_its_keys_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    programs.run("privileged", "https://127.0.0.1:1", url="https://127.0.0.1:1")
    assert not (tmp_path / "keys").exists()
