# SPDX-License-Identifier: Apache-2.0
"""What the tests share: a project for each Node, a collector, and certificates."""

import pytest

from support.servers.collector_process import CollectorProcess
from support.servers.tls import Certificates

from . import nodes


@pytest.fixture(scope="session")
def projects(tmp_path_factory):
    """Gives the project of a version, which the first request for it makes."""
    made = {}

    def project(version):
        if version not in made:
            assert nodes.TARBALL.exists(), f"{nodes.TARBALL} is not there: run `make npm` first"
            made[version] = nodes.Project(tmp_path_factory.mktemp(f"node-{version}"), version)
        return made[version]

    return project


@pytest.fixture(params=nodes.VERSIONS)
def project(request, projects):
    """A project under each Node in turn."""
    return projects(request.param)


@pytest.fixture(scope="session")
def project_20(projects):
    """For what does not depend on the Node."""
    return projects("20")


@pytest.fixture(scope="session")
def collector_process():
    with CollectorProcess("--quiet") as process:
        yield process


@pytest.fixture
def collector(collector_process):
    collector_process.mode()
    collector_process.reset()
    return collector_process


@pytest.fixture(scope="session")
def certificates():
    with Certificates() as certificates:
        yield certificates
