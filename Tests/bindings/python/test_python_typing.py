# SPDX-License-Identifier: Apache-2.0
"""mypy --strict finds nothing in the package, and finds what a program does wrong with it."""

import subprocess
import sys

import pytest

from .conftest import PACKAGE

PROGRAM = """
import datetime
import uuid
from typing import Dict

import tpc

with tpc.Client(api_key="key", queue_max_events=5) as client:
    client.track(href="https://example.com/", title=None, event_id=uuid.uuid4(), properties={"plan": "pro", "seats": 3})
    client.track(tpc.PageVisit(href="https://example.com/", occurred_at=datetime.datetime.now(datetime.timezone.utc)))
    client.track({"event": "page_visit", "page": {"href": "https://example.com/"}})
    left: int = client.flush(1.5)
    ids: Dict[str, str] = {report.event_id: report.outcome for report in client.reports()}


async def listen() -> None:
    async for report in client.reports_async():
        print(report.http_status + client.stats().accepted)
"""


def mypy(*arguments, cwd):
    # The cache of one is the next one's: most of the time goes into the standard library's types.
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cwd.parent / "mypy_cache"), *arguments]
    return subprocess.run(command, cwd=cwd, env={"MYPYPATH": str(PACKAGE)}, capture_output=True, text=True)


def test_the_package_is_clean(tmp_path):
    configuration = f"--config-file={PACKAGE / 'pyproject.toml'}"
    done = mypy(configuration, "-p", "tpc", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_program_that_uses_it_is_clean(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    done = mypy("program.py", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "line", ["client.track(hreff='x')", "client.track(href=5)", "client.track(href=None)", "client.flush('1')"]
)
def test_a_program_that_misuses_it_is_not(tmp_path, line):
    (tmp_path / "program.py").write_text(f"import tpc\n\nclient = tpc.Client()\n{line}\n")
    done = mypy("program.py", cwd=tmp_path)
    assert done.returncode == 1 and "program.py:4: error" in done.stdout, done.stdout + done.stderr
