# SPDX-License-Identifier: Apache-2.0
"""`make test-hummingbird` runs the tests of this folder, and `make test` does not: their build takes minutes and fetches packages."""

import os
import subprocess

import examples
import pytest
from support.paths import ROOT

collect_ignore_glob = [] if "TEST_HUMMINGBIRD" in os.environ else ["test_*"]

SERVER = ROOT / "Tests/bindings/swift/hummingbird/server"
SCRATCH = ROOT / ".build-hummingbird"
KEY = "key-of-the-test"


@pytest.fixture(scope="session")
def build_output():
    """Builds the programs, and the modules in them anew: a warning comes only when a file is compiled."""
    for folder in ("TPC", "TPCHummingbird"):
        for source in (ROOT / "Sources" / folder).rglob("*.swift"):
            source.touch()
    (SERVER / "Sources/examples/Examples.swift").write_text(examples.source(), encoding="utf-8")
    command = ["swift", "build", "--package-path", SERVER, "--scratch-path", SCRATCH]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="session")
def programs(build_output):
    return SCRATCH / "debug"


@pytest.fixture
def environment(collector, tmp_path):
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
    return {
        **kept, "TPC_API_KEY": KEY, "THE_PROMPTING_COMPANY_BASE_URL": collector.url, "TPC_EXIT_TIMEOUT_MS": "60000",
        "MARKS": str(tmp_path), "ANSWERED": str(ROOT / "Tests/bindings/answered.json"),
    }  # fmt: skip


@pytest.fixture
def site(programs, environment):
    """Starts the server, with these variables as well."""
    from bindings.python.web_servers import WebServer

    def serve(**variables):
        return WebServer([programs / "server"], r"^listening on (\d+)$", {**environment, **variables})

    return serve
