"""How programs/ending.* is started in each runtime."""

import contextlib
import pathlib
import shutil
import sys
import tempfile

from bindings.node import nodes
from support.paths import LIBRARY, ROOT

from library.delivery import programs

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"


class Runtimes:
    """Commands and variables by a runtime's name. The Node package is installed for the `with` block."""

    def __init__(self, node_version="20"):
        self._node_version = node_version

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tpc-exits-"))
            project = nodes.Project(folder, self._node_version)
            shutil.copy(FOLDER / "ending.mjs", project.folder)
            library = {"TPC_LIBRARY": str(LIBRARY)}
            self._known = {
                "C": ([programs.compiled("ending", FOLDER)], {}),
                "Python": ([sys.executable, FOLDER / "ending.py"],
                           {**library, "PYTHONPATH": str(ROOT / "bindings/python")}),
                "Node": ([nodes.node(self._node_version), project.folder / "ending.mjs"], {}),
                "PHP": (["php", "-d", "ffi.enable=true", FOLDER / "ending.php"],
                        {**library, "TPC_PHP_AUTOLOAD": str(ROOT / "bindings/php/autoload.php")}),
            }  # fmt: skip
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def start(self, ending, environment):
        """The running program, which ends in the row's way."""
        command, variables = self._known[ending.runtime]
        return programs.launch([*command, ending.way], {**environment, **variables})
