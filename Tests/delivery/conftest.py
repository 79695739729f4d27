"""What the tests share: certificates, and a server in a process of its own, which a fork does not copy."""

import pytest
from servers.collector_process import CollectorProcess
from servers.tls import Certificates


@pytest.fixture(scope="session")
def certificates():
    with Certificates() as certificates:
        yield certificates


@pytest.fixture(scope="session")
def collector_url():
    with CollectorProcess() as collector:
        yield collector.url
