"""Fails each allocation of each sequence of calls in turn, and prints how many.

    run.py [--every] [--step N]

--every fails those of OpenSSL and the other libraries, too, not only those of libtpc, libcurl and jansson. --step takes one
in N. The last line is the figure.
"""

import argparse
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "Tests"))

from support.servers.fault_server import FaultServer, Reply  # noqa: E402
from support import paths  # noqa: E402

FLAGS = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread", f"-I{ROOT / 'include'}"]
SENDING = ["delivery", "rejection", "retry"]
SEQUENCES = ["options", "events", "dry", *SENDING]
MODES, PROCESSES = ["once", "forever"], ["cold", "warm"]
REJECTION = b'{"code":"VALIDATION_ERROR","message":"no","details":[{"path":"/page/href","a":[1,null,true]}]}'
# For sizes alone: jansson allocates something for each number.
LARGE = b'{"code":"' + b"c" * 20_000 + b'","message":"' + b"m" * 20_000 + b'","details":[' + b"1," * 10_000 + b"1]}"
# No allocation by Swift may be larger, whatever the input: an option's text of 4,096 bytes may hold 2,048 names.
SWIFT_LIMIT = 64 * 1024


def compiled(folder):
    """The program, with malloc of its own: the compiler may not take it for the one that it knows."""
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
    """What the program found; raises AssertionError with its words when something was not as it has to be."""
    command = [program, sequence, mode, process, whose, url, str(step)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
    )  # fmt: skip
    assert done.returncode == 0, f"{command[1:]}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--step", type=int, default=1)
    given = parser.parse_args()
    whose = "every" if given.every else "libtpc"
    runs, largest = 0, 0
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        program = compiled(folder)
        for sequence, mode, process in itertools.product(SEQUENCES, MODES, PROCESSES):
            found = fail_all(program, server.url, sequence, mode, process, whose, given.step)
            print(f"{sequence}, {mode}, {process}: {found['runs']} runs, {found['refused']} refusals", flush=True)
            runs, largest = runs + found["runs"], max(largest, found["swift_largest"])
        # The sequence of large inputs is there for their sizes; its first failure is as good as any.
        largest = max(largest, fail_all(program, server.url, "large", "once", "cold", step=1_000_000)["swift_largest"])
    print(f"failed allocations: {runs:,} runs, no crash, every ledger balanced, nothing lost; "
          f"the largest of Swift's own: {largest:,} bytes")
    return 0 if largest <= SWIFT_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
