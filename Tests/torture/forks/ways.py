"""The programs that fork, as data."""

import pathlib
import sys
from dataclasses import dataclass
from typing import Callable

from support.paths import LIBRARY, ROOT

from library.delivery import programs

from .run_forks import run_forks

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
# A child of Python's or PHP's that neither flushes nor closes delivers at its exit.
AT_EXIT = {"TPC_LIBRARY": str(LIBRARY), "TPC_EXIT_TIMEOUT_MS": "60000"}
PYTHON = {**AT_EXIT, "PYTHONPATH": str(ROOT / "bindings/python")}
PHP = {**AT_EXIT, "TPC_PHP_AUTOLOAD": str(ROOT / "bindings/php/autoload.php")}


@dataclass(frozen=True)
class Way:
    name: str
    command: Callable
    variables: dict
    encrypted: bool = False

    def run(self, children, certificates, **more):
        return run_forks(self.command(), children, certificates if self.encrypted else None, **self.variables, **more)


def _c():
    return [programs.compiled("forks", FOLDER)]


def _python():
    return [sys.executable, FOLDER / "forks.py"]


def _php():
    return ["php", "-d", "ffi.enable=true", FOLDER / "forks.php"]


WAYS = [
    Way("C", _c, {}),
    Way("C over TLS", _c, {}, encrypted=True),
    Way("Python over TLS", _python, PYTHON, encrypted=True),
    Way("PHP over TLS", _php, PHP, encrypted=True),
]
