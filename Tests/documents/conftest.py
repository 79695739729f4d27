"""A collector, and a reader's surroundings."""

import gzip
import json
import os
import subprocess
import sys

import pytest

import pages
from support import paths
from support.servers.collector_process import CollectorProcess

sys.path.append(str(paths.ROOT / "examples"))

LOG_LINE = '192.0.2.{0} - - [23/Nov/2026:12:00:0{0} +0000] "GET /page-{0} HTTP/1.1" 200 512 "-" "GPTBot/1.2"\n'
VISIT = {
    "at": "2026-11-23T12:00:00Z", "peer": "192.0.2.1", "url": "https://example.com/pricing", "method": "GET", "code": 200, "agent": "GPTBot/1.2",
}  # fmt: skip


@pytest.fixture(scope="session")
def collector():
    with CollectorProcess("--quiet") as running:
        yield running


@pytest.fixture(scope="session")
def surroundings():
    """The environment of somebody who has built the library: the tool on PATH, pkg-config and the loader know the build."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
    library = str(paths.LIBRARY.parent)
    return {
        **kept,
        "PATH": f"{paths.BUILD / 'bin'}{os.pathsep}{kept['PATH']}",
        "PKG_CONFIG_PATH": f"{library}/pkgconfig",
        "LD_LIBRARY_PATH": library,
    }


@pytest.fixture(scope="session")
def sending(surroundings, collector):
    """The same, for programs that send to the collector, with a credential."""
    return {
        **surroundings,
        "TPC_API_KEY": "key-of-the-test",
        "THE_PROMPTING_COMPANY_BASE_URL": collector.url,
    }


@pytest.fixture(scope="session")
def workplace(tmp_path_factory):
    """A folder with the files that the documents' commands name."""
    folder = tmp_path_factory.mktemp("workplace")
    for block in pages.blocks("program"):
        (folder / block.argument).write_text(block.text, encoding="utf-8")
    event = json.loads(pages.blocks("event")[0].text)
    (folder / "events.jsonl").write_text(json.dumps(event) + "\n", encoding="utf-8")
    (folder / "access.log").write_text(LOG_LINE.format(1) + LOG_LINE.format(2), encoding="utf-8")
    (folder / "access.log.2.gz").write_bytes(gzip.compress(LOG_LINE.format(3).encode()))
    (folder / "visits.jsonl").write_text(json.dumps(VISIT) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def run():
    """Runs a command and returns how it ended; with `check`, a failure shows what it said."""

    def run(*command, check=True, **options):
        done = subprocess.run(
            [str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, **options
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    return run
