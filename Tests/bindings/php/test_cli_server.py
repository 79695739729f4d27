"""`php -S`, a process that answers one request after the other: what a request leaves behind, and what is logged where FFI is forbidden."""

import http.client
import time

import pytest

from . import package
from .cli_server import PATIENCE, CliServer

ENDINGS = {
    "memory that runs out at once": "str_repeat('x', 1 << 30);",
    "memory that runs out bit by bit": "for ($all = []; ; $all[] = str_repeat('x', 50));",
    "an exception that nobody catches": "throw new RuntimeException('broken');",
    "exit": "exit(3);",
}
REQUESTS = 20
OWN_CLIENT = """<?php
ini_set('memory_limit', '8M');
require '{package}/autoload.php';
$client = new Tpc\\Client();
$client->track(['page' => ['href' => 'https://example.com/page']]);
register_shutdown_function(fn () => $client->track(['page' => ['href' => 'https://example.com/later']]));
{ending}
"""


def get(server, path="/"):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("GET", path, headers={"Host": "example.com"})
    try:
        return connection.getresponse().read()
    except (ConnectionError, http.client.HTTPException):
        return b""
    finally:
        connection.close()


def until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_request_leaves_no_client_behind_and_its_visits_arrive(ending, built, collector, tmp_path):
    script = tmp_path / "page.php"
    script.write_text(OWN_CLIENT.format(package=built, ending=ENDINGS[ending]))
    variables = package.environment(collector.url)
    with CliServer(script, variables, "display_errors=0", "log_errors=0", "ffi.enable=true") as server:
        before = server.threads()
        for _ in range(REQUESTS):
            get(server)
        collector.wait(2 * REQUESTS)
        until(lambda: server.threads() <= before, f"{server.threads()} threads are left")
    assert sorted({entry["event"]["page"]["pathname"] for entry in collector.good()}) == ["/later", "/page"]


def test_where_only_preloaded_code_may_use_ffi_the_log_says_what_to_do(built, tmp_path):
    script = tmp_path / "page.php"
    script.write_text(f"<?php require '{built}/autoload.php'; Tpc\\Web\\PageVisits::trackAtShutdown(); echo 'a page';")
    with CliServer(script, package.environment(TPC_API_KEY=package.KEY), "ffi.enable=preload") as server:
        assert [get(server), get(server)] == [b"a page"] * 2
    assert server.log().count("tpc-events: ") == 1
    assert "ffi.enable=preload forbids FFI here; expected php -d ffi.enable=true -S" in server.log()


def test_a_request_is_counted_once_whatever_else_counts_it(built, collector, tmp_path):
    script = tmp_path / "page.php"
    script.write_text(
        f"<?php require '{built}/autoload.php'; use Tpc\\Web\\{{PageVisits, WebRequest}};"
        "PageVisits::trackAtShutdown(); PageVisits::trackAtShutdown();"
        "PageVisits::track([], fn () => WebRequest::fromServer($_SERVER, 200, 'text/html'));"
    )
    with CliServer(script, package.environment(collector.url), "ffi.enable=true") as server:
        get(server, "/a")
        get(server, "/b")
        collector.wait(2)
    assert [entry["event"]["page"]["pathname"] for entry in collector.good()] == ["/a", "/b"]
