"""Fails each allocation of a sequence of calls in turn."""

import itertools
import json
import pathlib
import subprocess

from support import paths
from support.servers.fault_server import FaultServer, Reply

FOLDER = pathlib.Path(__file__).resolve().parent
FLAGS = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread", f"-I{paths.ROOT / 'include'}"]
SENDING = ["delivery", "rejection", "retry", "release"]
SEQUENCES = ["options", "events", "dry", *SENDING]
MODES, PROCESSES = ["once", "forever"], ["cold", "warm"]
REJECTION = b'{"code":"VALIDATION_ERROR","message":"no","details":[{"path":"/page/href","a":[1,null,true]}]}'
# For sizes alone: jansson allocates something for each number.
LARGE = b'{"code":"' + b"c" * 20_000 + b'","message":"' + b"m" * 20_000 + b'","details":[' + b"1," * 10_000 + b"1]}"
# No allocation by Swift may be larger, whatever the input: an option's text of 4,096 bytes may hold 2,048 names.
SWIFT_LIMIT = 64 * 1024


def compiled(folder):
    """The program, with a malloc of its own, which the compiler must not take for the one that it knows."""
    program, library = pathlib.Path(folder) / "sequences", paths.BUILD / "lib" / "libtpc.so.0"
    sources = [FOLDER / "sequences.c", FOLDER / "failing_malloc.c"]
    linked = [library, f"-Wl,-rpath,{library.parent}"]
    subprocess.run(["cc", *FLAGS, "-fno-builtin", *sources, "-o", program, *linked], check=True)
    return program


class Server(FaultServer):
    """Answers by the address: /reject and /large refuse every event, /retry every other request."""

    def __init__(self):
        self._turn = itertools.count()
        super().__init__(self._answer)

    def _answer(self, request):
        if request.target.startswith("/reject/"):
            return Reply(422, body=REJECTION)
        if request.target.startswith("/large/"):
            return Reply(422, body=LARGE)
        if request.target.startswith("/retry/") and next(self._turn) % 2:
            return Reply(503, headers={"Retry-After": "0"}, body=REJECTION)
        return Reply()


def fail_all(program, url, sequence, mode, process, whose="libtpc", step=1):
    """What the program found; raises AssertionError with its output when something is wrong."""
    command = [program, sequence, mode, process, whose, url, str(step)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
    )  # fmt: skip
    assert done.returncode == 0, f"{command[1:]}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)
