# SPDX-License-Identifier: Apache-2.0
"""`make test-self-contained` runs the tests of this folder, and `make test` does not: what they look at takes minutes to build."""

import os

import pytest
import systems
from support.servers.tls import Certificates

collect_ignore_glob = [] if "TEST_SELF_CONTAINED" in os.environ else ["test_*"]


def pytest_generate_tests(metafunc):
    if "target" in metafunc.fixturenames:
        metafunc.parametrize("target", systems.TARGETS, scope="session")
    if "musl" in metafunc.fixturenames:
        metafunc.parametrize("musl", [name for name in systems.TARGETS if systems.has(name, "tool")], scope="session")


@pytest.fixture(scope="session")
def certificates():
    with Certificates() as certificates:
        yield certificates
