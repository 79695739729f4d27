"""Visitors of a server, as programs/visitors.c has them, and which of their pages were answered."""

import contextlib
import functools
import itertools
import json
import pathlib
import subprocess
import tempfile
import threading

from library.abi.building import compile_program

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
# Seconds. Only a rig that fails waits this long.
PATIENCE = 120
# Pages a second: less than an endpoint takes, so that no queue fills up.
RATE = 2000
# Each crowd's pages are nobody else's.
PAGES_EACH = 10_000_000
_crowds = itertools.count(1)


@functools.lru_cache(maxsize=None)
def _folder():
    return tempfile.TemporaryDirectory(prefix="tpc-visitors-")


@functools.lru_cache(maxsize=None)
def _program():
    output = pathlib.Path(_folder().name) / "visitors"
    compile_program(FOLDER / "visitors.c", output, "-O1", "-pthread", "-lssl", "-lcrypto", language="gnu11")
    return output


class Visitors:
    """Asks for pages from the start of the `with` block to its end. Then `answered` and `unanswered` are the pages' numbers;
    `median` and `p99` are the answers' times in microseconds. `rate` is the most pages a second, 0 for as many as they can."""

    def __init__(self, port, connections=16, tls=False, rate=RATE):
        self._first = next(_crowds) * PAGES_EACH
        self._file = pathlib.Path(_folder().name) / f"pages-{self._first}"
        self._command = [_program(), port, connections, rate, self._first, self._file, "tls" if tls else "plain"]
        self._changed, self._count, self._last = threading.Condition(), 0, "{}"

    def __enter__(self):
        self._process = subprocess.Popen(list(map(str, self._command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, kind, error, traceback):
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._reader.join()
            self._process.stdout.close()
        with contextlib.suppress(OSError):
            pages = enumerate(self._file.read_bytes(), self._first)
            fates = {ord("a"): set(), ord("u"): set()}
            for page, fate in pages:
                fates[fate].add(page)
            self.answered, self.unanswered = fates[ord("a")], fates[ord("u")]
            self._file.unlink()
            figures = json.loads(self._last)
            self.median, self.p99 = figures["median"], figures["p99"]
        if error is None and not hasattr(self, "answered"):
            raise RuntimeError(f"the visitors failed, with exit code {self._process.returncode}")

    def wait_for(self, count):
        """Waits until so many pages were answered in all."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._count >= count or self._count < 0, PATIENCE) or self._count < 0:
                raise RuntimeError(f"the visitors got {self._count} of {count} pages")

    def _read(self):
        for line in self._process.stdout:
            with self._changed:
                if line.startswith("{"):
                    self._last = line
                else:
                    # Of two threads that write, the one with the larger number may be first.
                    self._count = max(self._count, int(line))
                self._changed.notify_all()
        with self._changed:
            self._count = -1
            self._changed.notify_all()


def visit(port, count, **given):
    """Has at least this many pages answered, and returns the visitors."""
    with Visitors(port, **given) as visitors:
        visitors.wait_for(count)
    return visitors
