"""What the rigs' tests share."""

import pytest
from support.servers.tls import Certificates


@pytest.fixture(scope="session")
def certificates():
    with Certificates() as certificates:
        yield certificates
