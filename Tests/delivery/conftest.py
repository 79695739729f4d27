"""The certificates that the tests' servers show, made once."""

import pytest

from servers.tls import Certificates


@pytest.fixture(scope="session")
def certificates():
    with Certificates() as certificates:
        yield certificates
