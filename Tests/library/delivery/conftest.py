"""What the tests share: certificates, and a server in a process of its own, which a fork does not copy."""

import pytest
from support.servers.collector_process import CollectorProcess
from support.servers.tls import Certificates

# A system that would still speak what the library does not.
LENIENT = """
openssl_conf = start
[start]
ssl_conf = ssl
[ssl]
system_default = lenient
[lenient]
MinProtocol = TLSv1
CipherString = DEFAULT@SECLEVEL=0
"""


@pytest.fixture
def lenient_openssl(tmp_path, monkeypatch):
    """For programs that are started: an OpenSSL that would speak TLS 1.0."""
    (tmp_path / "openssl.cnf").write_text(LENIENT)
    monkeypatch.setenv("OPENSSL_CONF", str(tmp_path / "openssl.cnf"))


@pytest.fixture(scope="session")
def certificates():
    with Certificates() as certificates:
        yield certificates


@pytest.fixture(scope="session")
def collector_url():
    with CollectorProcess() as collector:
        yield collector.url
