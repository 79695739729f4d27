"""What counts as answered, by the table that all languages share, with `php -S` and with nginx before php-fpm."""

import contextlib
import json
import os
import pathlib
import socket
import urllib.parse

import pytest
from support.paths import ROOT

from . import package
from .cli_server import PATIENCE, CliServer
from .fpm_site import FpmSite

SITE = pathlib.Path(__file__).parent / "sites/answered.php"
CASES = json.loads((ROOT / "Tests/bindings/answered.json").read_text())
# What only PHP has.
OWN = [
    {"title": "a page that ends with exit is a visit",
     "application": ["announce 200", "send", "exit", "raise"], "reader": "stays", "visit": True},
    {"title": "a page that is buffered to its end is a visit",
     "application": ["buffer", "announce 200", "send", "end"], "reader": "stays", "visit": True},
    {"title": "a page that was buffered when it broke is none",
     "application": ["buffer", "announce 200", "send", "raise"], "reader": "stays", "visit": False},
    {"title": "a page that shows its error in place of a buffered page is none",
     "application": ["show errors", "buffer", "announce 200", "send", "raise"], "reader": "stays", "visit": False},
    {"title": "a fatal error before the first bytes is none",
     "application": ["announce 200", "fatal error"], "reader": "stays", "visit": False},
]  # fmt: skip


def pool(collector, built):
    return {
        "TPC_API_KEY": package.KEY, "THE_PROMPTING_COMPANY_BASE_URL": collector.url, "SITE_PACKAGE": built,
    }  # fmt: skip


@pytest.fixture(scope="module", params=["php -S", "php-fpm"])
def site(request, built, collector_process):
    # Debian's php.ini for the command line has no buffer of its own, php-fpm's has one of 4,096 bytes.
    variables = pool(collector_process, built)
    settings = ("ffi.enable=true", "display_errors=0", "log_errors=0")
    if request.param == "php -S":
        context = CliServer(SITE, variables, *settings)
    else:
        context = FpmSite(SITE, variables, *settings, workers=1)
    with context as running:
        yield running


def read_until_left(connection, reader):
    """Reads as much as the case's reader does, and leaves."""
    if reader == "stays":
        while connection.recv(65536):
            pass
    elif reader == "leaves after the first bytes":
        assert b"a part of a page" in _first_bytes(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def _first_bytes(connection):
    text = b""
    while b"a part of a page" not in text:
        part = connection.recv(65536)
        assert part, text
        text += part
    return text


@pytest.mark.parametrize("case", CASES + OWN, ids=lambda case: case["title"])
def test_what_counts_as_answered(case, site, collector, tmp_path):
    fifos = {name: tmp_path / name for name in ("left", "ended")}
    for path in fifos.values():
        os.mkfifo(path)
    # Bytes are sent when the reader waits for them; otherwise each server has the buffers that it has.
    steps = [
        part for step in case["application"]
        for part in ((step, "flush") if step == "send" and "buffer" not in case["application"] else (step,))
    ]  # fmt: skip
    query = urllib.parse.urlencode({"steps": json.dumps(steps), **fifos})
    with contextlib.closing(socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)) as connection:
        connection.sendall(f"GET /page?{query} HTTP/1.0\r\nHost: example.com\r\n\r\n".encode())
        if case["reader"] == "stays":
            ended = fifos["ended"].read_text()
            read_until_left(connection, "stays")
        else:
            read_until_left(connection, case["reader"])
            # Opened by the page while it waits; the end of what is written, nothing, is the news.
            fifos["left"].write_text("")
            ended = fifos["ended"].read_text()
    assert json.loads(ended)["pending"] == 0
    assert [entry["event"]["page"]["pathname"] for entry in collector.good()] == ["/page"] * case["visit"]


def test_every_step_of_the_table_has_its_counterpart():
    text = SITE.read_text()
    assert all(f"'{step}'" in text for case in CASES + OWN for step in case["application"])
