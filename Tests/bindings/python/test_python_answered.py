# SPDX-License-Identifier: Apache-2.0
"""A visit is what was sent: every case of answered.json, in each framework, through a real server."""

import json
import pathlib
import socket
import sys
import time

import pytest

from . import web_servers

CASES = json.loads((pathlib.Path(__file__).parents[1] / "answered.json").read_text(encoding="utf-8"))
LISTENING = r"listening on (\d+)"
# ASGI has no way to announce a response anew: the server refuses a second http.response.start.
ANEW = {case["title"] for case in CASES if any(step.endswith("instead") for step in case["application"])}


def itself(name, environment):
    return web_servers.WebServer([sys.executable, "answers.py", name], LISTENING, environment)


def gunicorn(application, environment):
    return web_servers.gunicorn(f"answers:{application}", environment, "--workers=1")


def uvicorn(application, environment):
    return web_servers.uvicorn(f"answers:{application}", environment, "--workers=1", "--http=h11")


SERVERS = {
    "gunicorn": (gunicorn, "wsgi", "case", ()),
    "wsgiref, write()": (itself, "wsgiref", "case", ()),
    "waitress": (itself, "waitress", "case", ()),
    "uvicorn": (uvicorn, "asgi", "case", ANEW),
    "Flask": (gunicorn, "flask", "case", ()),
    "Django, WSGI": (gunicorn, "django_wsgi", "case", ()),
    "Django, ASGI": (uvicorn, "django_asgi", "async", ()),
    "aiohttp": (itself, "aiohttp", "case", ()),
}


@pytest.mark.parametrize("name", list(SERVERS))
def test_every_case_is_a_visit_or_none_as_the_table_says(name, environment, collector, tmp_path):
    serve, application, folder, left_out = SERVERS[name]
    expected = {case["title"]: case["visit"] for case in CASES if case["title"] not in left_out}
    with serve(application, {**environment, "MARKS": str(tmp_path)}) as server:
        # Those whose application works on when the reader is gone come first.
        for number in sorted(range(len(CASES)), key=lambda number: CASES[number]["reader"] == "stays"):
            if CASES[number]["title"] in expected:
                read(server.port, f"/{folder}/{number}", CASES[number]["reader"], tmp_path)
        collector.wait(sum(expected.values()))
        server.stop()
    paths = [request["event"]["page"]["pathname"] for request in collector.all()]
    visits = {case["title"]: f"/{folder}/{number}" in paths for number, case in enumerate(CASES) if case["title"] in expected}
    assert visits == expected
    assert len(paths) == len(set(paths))


def read(port, path, reader, marks):
    number = path.rpartition("/")[2]
    with socket.create_connection(("127.0.0.1", port), timeout=web_servers.PATIENCE) as connection:
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: GPTBot/1.2\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        if reader == "leaves before any answer":
            appears(marks / f"arrived-{number}")
        received = b""
        while reader != "leaves before any answer" and not (reader.startswith("leaves after") and b"part" in received):
            piece = connection.recv(65536)
            if not piece:
                break
            received += piece
    (marks / f"left-{number}").touch()


def appears(file):
    deadline = time.monotonic() + web_servers.PATIENCE
    while not file.exists():
        assert time.monotonic() < deadline, file
        time.sleep(0.005)
