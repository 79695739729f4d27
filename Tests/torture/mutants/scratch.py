"""A copy of the tree in which bugs are planted, built and tested; the working tree is never touched."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass

from support.paths import VERSION

from .mutant import ROOT

# Longer than any run of the tests takes on a busy machine: a bug that makes them hang is caught, too.
PATIENCE = 900
# The delivery tests' own patience, in seconds: those that are to fail often do so by waiting in vain. The packages of the other
# languages are not built.
ENVIRONMENT = {**os.environ, "DELIVERY_TEST_PATIENCE": "20", "SCENARIO_LANGUAGES": "c"}


@dataclass
class Ended:
    """How a command ended: `code` is None when it was stopped because its time was up."""

    code: int | None
    output: str


class Scratch:
    """Built things stay between runs, so that each bug costs an incremental build."""

    def __init__(self, place=ROOT / ".build-mutants"):
        self.place = place
        self.library = f"build/lib/libtpc.so.{VERSION}"

    def refresh(self):
        """Makes the copy equal to the working tree, leaving alone what is equal already."""
        listed = self._run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT).output.split("\0")
        wanted = {name for name in listed if name and (ROOT / name).is_file()}
        for name in wanted:
            source, target = ROOT / name, self.place / name
            if target.is_file() and target.read_bytes() == source.read_bytes():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
        for folder in ["Sources", "Tests", "include"]:
            for path in (self.place / folder).rglob("*"):
                if path.is_file() and str(path.relative_to(self.place)) not in wanted and "__pycache__" not in path.parts:
                    path.unlink()

    @contextlib.contextmanager
    def planted(self, mutant):
        """With the bug in the copy, and without it again afterwards."""
        path = self.place / mutant.file
        healthy = path.read_text()
        path.write_text(mutant.applied(self.place))
        try:
            yield
        finally:
            path.write_text(healthy)

    # ---- Building and testing -----------------------------------------------------------------------------------------

    def build_tests(self):
        # Only what the tests need: --build-tests would link the library and the tool as well.
        return self._run(["swift", "build", "--product", "libtpcPackageTests", "--scratch-path", ".build-tests"])

    def build_library(self, everything=False):
        """The library alone; with `everything` all that `make` makes, which some of the tests install."""
        return self._run(["make", "all" if everything else self.library])

    def swift(self, suites=""):
        """Runs the Swift tests that match, or all."""
        chosen = ["--filter", suites] if suites else []
        return self._run(["swift", "test", "--scratch-path", ".build-tests", "--skip-build", *chosen])

    def pytest(self, paths):
        return self._run([sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *paths])

    def _run(self, command, cwd=None):
        process = subprocess.Popen(
            ["nice", *command], cwd=cwd or self.place, text=True, errors="replace", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, env=ENVIRONMENT,
        )
        try:
            output, _ = process.communicate(timeout=PATIENCE)
            return Ended(process.returncode, output)
        except BaseException as stopped:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            if not isinstance(stopped, subprocess.TimeoutExpired):
                raise
            return Ended(None, output)
