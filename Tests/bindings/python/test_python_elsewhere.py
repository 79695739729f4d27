# SPDX-License-Identifier: Apache-2.0
"""The wheel without a library, on systems that libtpc is not made for: it installs, warns once and tracks nothing."""

import subprocess
import zipfile

import pytest

from .test_python_packages import installed, run, wheel  # noqa: F401

# What the program imports first is what the standard library itself would look for on that system.
SYSTEMS = {
    "darwin": "import asyncio, ctypes, logging, sys; sys.platform = 'darwin'",
    "win32": "import asyncio, ctypes, logging, os, signal, sys; sys.platform = 'win32'\n"
    "del os.fork, os.register_at_fork, os.getuid, os.setsid, signal.SIGALRM, signal.SIGHUP, signal.pthread_sigmask",
    "musl": "import platform; platform.libc_ver = lambda: ('musl', '1.2.5')",
}
PROGRAM = """
import asyncio
import tpc, tpc.asgi, tpc.wsgi

def site(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"page"]

client = tpc.Client(report_capacity=5)
client.track(href="https://example.com/", properties={"plan": "pro"})
client.track_json('{"event": "page_visit", "page": {"href": "https://example.com/"}}')
client.track_request({"method": "GET", "host": "example.com", "target": "/"})
assert set(client.stats()) == {0} and client.flush() == 0 and list(client.reports()) == []
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_HOST": "example.com", "wsgi.url_scheme": "http"}
assert tpc.wsgi.Middleware(site)(environ, lambda *arguments: None) == [b"page"]
assert tpc.ai_agent("GPTBot/1.2") is None and tpc.ai_answer("https://chatgpt.com/") is None
tpc.validate_options(api_key="key")

async def listen():
    async for report in client.reports_async():
        print("a report")

async def main():
    listening = asyncio.ensure_future(listen())
    await asyncio.sleep(0)
    client.close()
    await asyncio.wait_for(listening, 60)

asyncio.run(main())
try:
    client.track(href="https://example.com/")
except tpc.Closed as error:
    print(error)
first, second = tpc.Client.shared(), tpc.Client.shared()
first.close()
try:
    second.stats()
except tpc.Closed as error:
    print(error)
"""


@pytest.fixture(scope="module")
def pure(wheel):  # noqa: F811
    (path,) = (wheel.parent / "any").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def python(pure, tmp_path_factory):
    return installed(tmp_path_factory.mktemp("venv"), pure)


def test_the_wheel_for_other_systems_is_pure_and_otherwise_the_same(wheel, pure):  # noqa: F811
    assert pure.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(pure) as other:
        files, pure_files = ({name for name in archive.namelist() if name.startswith("tpc/")} for archive in (one, other))
    assert files - pure_files == {"tpc/libtpc.so.0"} and not pure_files - files


@pytest.mark.parametrize("system", SYSTEMS)
def test_everything_works_there_and_tracks_nothing_after_one_warning(python, tmp_path, system):
    done = subprocess.run([python, "-c", SYSTEMS[system] + PROGRAM], cwd=tmp_path, env={}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["the client is closed"] * 2
    (warning,) = done.stderr.splitlines()
    assert warning.startswith("page visits are not tracked on this system, which is not Linux with glibc")


def test_TPC_LIBRARY_wins_there(python, tmp_path, environment, collector):
    program = SYSTEMS["musl"] + "\nimport tpc\nwith tpc.Client() as client: client.track(href='https://example.com/there')"
    del environment["PYTHONPATH"]
    run(python, "-c", program, cwd=tmp_path, env=environment)
    assert [request["event"]["page"]["pathname"] for request in collector.good()] == ["/there"]


def test_on_linux_with_glibc_a_missing_library_is_an_error_all_the_same(python, tmp_path):
    program = "import tpc\ntry: tpc.Client(api_key='key')\nexcept tpc.LibraryNotFound: print('not found')"
    assert run(python, "-c", program, cwd=tmp_path, env={}) == "not found\n"
