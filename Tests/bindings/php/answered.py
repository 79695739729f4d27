"""What counts as answered: every case of answered.json, played by a real server."""

import json
import pathlib
import time

from . import package
from .builtin_site import PATIENCE, BuiltinSite, read_all

TABLE = pathlib.Path(__file__).parents[1] / "answered.json"
CASES = json.loads(TABLE.read_text())
TITLES = [case["title"] for case in CASES]


def visits(script, collector, folder, *flags):
    """The titles of those cases that became visits; `script` answers /answered/NUMBER as steps.php does."""
    collector.reset()
    variables = package.environment(
        collector.url, ANSWERED=str(TABLE), WAITING=str(folder / "waiting"), LEFT=str(folder / "left"), TPC_EXIT_TIMEOUT_MS="60000"
    )
    with BuiltinSite(script, variables, "ffi.enable=true", "display_errors=0", *flags) as site:
        for number, case in enumerate(CASES):
            _read(site, number, case, folder)
    assert "a page visit was not tracked" not in site.log()
    paths = [entry["event"]["page"]["pathname"] for entry in collector.good()]
    assert len(set(paths)) == len(paths)
    return {TITLES[int(path.rpartition("/")[2])] for path in paths}


def _read(site, number, case, folder):
    """Asks for a page, and stays or leaves as the case has it."""
    with site.ask(f"/answered/{number}") as connection:
        if case["reader"] == "stays":
            read_all(connection)
            return
        if case["reader"] == "leaves after the first bytes":
            received = b""
            while b"piece" not in received:
                received += connection.recv(65536) or b"piece: the server has left"
        _wait_for(folder / f"waiting{number}")
    (folder / f"left{number}").touch()


def _wait_for(file):
    deadline = time.monotonic() + PATIENCE
    while not file.exists():
        assert time.monotonic() < deadline, "the page does not wait for its reader to leave"
        time.sleep(0.005)
