# SPDX-License-Identifier: Apache-2.0
"""The wheel in every Python there is, the package on a machine that has the library, and README.md's programs."""

import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import zipfile

import pytest
from support import paths
from support.alone import make

from . import interpreters
from .conftest import PACKAGE

README = (PACKAGE / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"<!-- test: (\w+) -->\n```python\n(.*?)```", re.DOTALL)
WHERE = "import tpc, pathlib; print(pathlib.Path(tpc.__file__).parent)"


def snippets(kind):
    return [text for found, text in BLOCK.findall(README) if found == kind]


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel():
    """As `make wheel` makes it."""
    make("wheel")
    (path,) = (paths.ROOT / "build" / "python").glob("*.whl")
    return path


def installed(folder, package, interpreter=sys.executable, **environment):
    """The Python of a fresh virtual environment with the package in it."""
    run(interpreter, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--no-index", "--no-build-isolation", package, env={**os.environ, **environment})
    return python


def sending(environment, **more):
    """The environment of a program that is to find the package where it is installed."""
    kept = {name: value for name, value in environment.items() if name not in ("PYTHONPATH", "TPC_LIBRARY")}
    return {**kept, **more}


def test_the_wheel_is_for_every_python_of_this_platform_and_has_the_library_inside(wheel):
    assert re.fullmatch(r"tpc_events-\d+\.\d+\.\d+-py3-none-linux_\w+\.whl", wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert archive.read("tpc/libtpc.so.0") == paths.LIBRARY.read_bytes()
        (metadata,) = [name for name in names if name.endswith("/METADATA")]
        required = re.findall(r"^Requires-Dist: (.*)$", archive.read(metadata).decode(), re.MULTILINE)
        assert len(required) == 2 and all("; extra == " in line for line in required)
    sources = {str(path.relative_to(PACKAGE)) for path in (PACKAGE / "tpc").rglob("*.py")}
    assert sources | {"tpc/py.typed", "tpc/libtpc.so.0"} == {name for name in names if name.startswith("tpc/")}
    assert any(name.endswith("/LICENSE") for name in names)


@pytest.fixture(scope="module", params=interpreters.all_found())
def fresh(request, wheel, tmp_path_factory):
    """A version of Python, and its interpreter in a virtual environment that has the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("venv")
    return request.param, installed(folder, wheel, interpreters.all_found()[request.param])


def test_the_readmes_programs_deliver_from_the_wheel(fresh, tmp_path, environment, collector):
    version, python = fresh
    assert str(python.parents[1]) in run(python, "-c", WHERE, cwd=tmp_path)
    for number, program in enumerate(snippets("run")):
        (tmp_path / f"program_{number}.py").write_text(program)
        run(python, f"program_{number}.py", cwd=tmp_path, env=sending(environment))
    events = [request["event"] for request in collector.good()]
    assert len(events) == 4 and collector.totals()["bad"] == 0
    assert events[0]["request"] == {"userAgent": "GPTBot/1.2"}
    assert {event["sdk"]["runtime"] for event in events} == {f"python/{version}"}


def test_middleware_and_reports_work_in_every_python(fresh, tmp_path, environment, collector):
    program = pathlib.Path(__file__).parent / "sites" / "every_python.py"
    run(fresh[1], program, cwd=tmp_path, env=sending(environment))
    found = sorted(request["event"]["page"]["pathname"] for request in collector.good())
    assert found == ["/asgi", "/report", "/wsgi"]


def test_the_packages_pythons_are_those_it_is_made_for():
    classifiers = re.findall(r"Python :: (3\.\d+)", (PACKAGE / "pyproject.toml").read_text())
    assert classifiers == [f"{major}.{minor}" for major, minor in interpreters.SUPPORTED]
    assert set(interpreters.all_found()) <= set(classifiers)


def test_a_machine_with_the_library_needs_the_sources_only(tmp_path, environment, collector):
    # What builds the package is this Python's, so that nothing is fetched.
    python = installed(tmp_path / "venv", PACKAGE, PYTHONPATH=sysconfig.get_paths()["purelib"])
    folder = run(python, "-c", WHERE, cwd=tmp_path).strip()
    assert not (pathlib.Path(folder) / "libtpc.so.0").exists()
    system = sending(environment, LD_LIBRARY_PATH=str(paths.LIBRARY.parent))
    run(python, "-c", snippets("run")[0], cwd=tmp_path, env=system)
    assert collector.totals()["good"] == 1


def test_the_readmes_quick_start_has_at_most_five_lines():
    assert len(snippets("run")[0].strip().splitlines()) <= 5


def test_the_readmes_middleware_works(collector, client):
    import tpc.wsgi

    def site(environ, start_response):
        start_response("200 OK", [])
        return [b"page"]

    sender = client()
    names = {"application": site}
    (text,) = snippets("wsgi")
    exec(text, names)
    names["application"]._tracker._client = sender
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_HOST": "example.com", "wsgi.url_scheme": "http"}
    assert names["application"](environ, lambda *arguments: None) == [b"page"]
    assert sender.flush(60) == 0
    assert collector.good()[0]["event"]["properties"] == {"plan": "pro", "status": 200}


def test_the_readme_names_every_field_exception_and_module_there_is():
    import tpc

    fields = list(tpc.PageVisit.__dataclass_fields__)
    errors = [name for name, value in vars(tpc).items() if isinstance(value, type) and issubclass(value, tpc.Error)]
    missing = [name for name in fields if f"`{name}`" not in README]
    missing += [name for name in errors if f"`tpc.{name}`" not in README and name != "Error"]
    assert missing == [] and "`tpc.Error`" in README
