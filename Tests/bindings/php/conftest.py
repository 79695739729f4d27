"""What the tests share: the built package, and a collector."""

import pytest
from support.servers.collector_process import CollectorProcess

from . import package


@pytest.fixture(scope="session")
def built():
    return package.build()


@pytest.fixture(scope="module")
def project(built, tmp_path_factory):
    """A Composer project that requires the package."""
    return package.make_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def collector_process():
    with CollectorProcess() as process:
        yield process


@pytest.fixture
def collector(collector_process):
    collector_process.reset()
    return collector_process
