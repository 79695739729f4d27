# SPDX-License-Identifier: Apache-2.0
"""mypy --strict and basedpyright find nothing in the package's use as README.md has it, and find what a program does wrong."""

import inspect
import json
import re
import subprocess
import sys
import typing

import pytest
from library.abi import option_table
from support import paths
from tpc import _client_options

from .conftest import PACKAGE

FRAMEWORKS = """
import aiohttp.web
import fastapi
import flask
import starlette.applications
import starlette.middleware

import tpc

plain = starlette.applications.Starlette(
    middleware=[starlette.middleware.Middleware(tpc.asgi.Middleware, exclude_paths=["/admin/*"])]
)
plain.add_middleware(tpc.asgi.Middleware)
api = fastapi.FastAPI()
api.add_middleware(tpc.asgi.Middleware, trusted_proxies="private", sample_rate=0.5, client_ip="truncate")
outer = tpc.asgi.Middleware(api, api_key="key")
site = flask.Flask(__name__)
tpc.flask.TPC(site, only_ai_agents=True)
application = tpc.wsgi.Middleware(site.wsgi_app, queue_max_events=5)
tpc.aiohttp.setup(aiohttp.web.Application(), client_ip="omit")
tpc.validate_options(api_key="key", base_url=None)
tpc.Client.shared(api_key="key", environment="dev").close()
"""
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


def basedpyright(*arguments, cwd):
    (cwd / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(PACKAGE)], "typeCheckingMode": "strict"}))
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


CHECKERS = {"mypy": mypy, "basedpyright": basedpyright}


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_frameworks_take_the_middleware_with_options(tmp_path, checker):
    (tmp_path / "program.py").write_text(FRAMEWORKS)
    done = CHECKERS[checker]("program.py", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


WRONG = [
    "tpc.Client(apikey='key')",
    "tpc.Client.shared(queue_max_evnts=3)",
    "tpc.Client(report_capacity='many')",
    "tpc.Client(environment='test')",
    "tpc.validate_options(apikey='key')",
    "tpc.asgi.Middleware(application, apikey='key')",
    "tpc.wsgi.Middleware(application, apikey='key')",
    "tpc.flask.TPC(apikey='key')",
    "tpc.Clinet()",
    "tpc.prometeus.Collector()",
]


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_wrong_option_or_name_is_found(tmp_path, checker):
    top = "from typing import Any\n\nimport tpc\nimport tpc.asgi\nimport tpc.flask\nimport tpc.wsgi\n\napplication: Any = None\n"
    (tmp_path / "program.py").write_text(top + "\n".join(WRONG) + "\n")
    done = CHECKERS[checker]("program.py", cwd=tmp_path)
    found = {int(line) for line in re.findall(r"program\.py:(\d+)(?::\d+)?(?: -)?:? error", done.stdout)}
    first = top.count("\n") + 1
    assert found == set(range(first, first + len(WRONG))), done.stdout + done.stderr


def test_the_options_are_the_librarys_with_their_meanings():
    hints = typing.get_type_hints(_client_options.ClientOptions)
    assert list(hints) == list(option_table.BY_NAME)
    meanings = dict(re.findall(r"^    (\w+): .*\n    \"\"\"(.*)\.\"\"\"$", inspect.getsource(_client_options), re.MULTILINE))
    documented = (paths.ROOT / "docs/options.md").read_text(encoding="utf-8").split("\nThese values are accepted")[0]
    table = dict(re.findall(r"^\| `(\w+)` \| .*? \| (.*) \|$", documented, re.MULTILINE))
    assert meanings == {name: text[0].upper() + text[1:] for name, text in table.items()}


@pytest.mark.parametrize("option", option_table.OPTIONS, ids=str)
def test_each_options_type_is_its_kind(option):
    taken = typing.get_args(typing.get_type_hints(_client_options.ClientOptions)[option.name])
    assert type(None) in taken
    if option.is_choice:
        assert typing.get_args(taken[0]) == tuple(option.kind.split("|"))
    elif option.is_range:
        assert taken[0] is int
    else:
        assert taken[0] is {option_table.BOOLEAN: bool, option_table.RATIO: float}.get(option.kind, str)


@pytest.mark.parametrize(
    "line", ["client.track(hreff='x')", "client.track(href=5)", "client.track(href=None)", "client.flush('1')"]
)
def test_a_program_that_misuses_it_is_not(tmp_path, line):
    (tmp_path / "program.py").write_text(f"import tpc\n\nclient = tpc.Client()\n{line}\n")
    done = mypy("program.py", cwd=tmp_path)
    assert done.returncode == 1 and "program.py:4: error" in done.stdout, done.stdout + done.stderr
