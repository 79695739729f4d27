"""What the rows run in: the built packages, unpacked, and the programs that the machine or the rig's own environment has."""

import contextlib
import os
import pathlib
import shutil
import sys
import tempfile
import zipfile

from bindings.node import nodes
from support.paths import BUILD

FOLDER = pathlib.Path(__file__).resolve().parent


class Scene:
    """`python` is the interpreter that has the servers, `node` the Node; `unpacked` the folder
    with Apache's modules; `folder` is where servers start. Ends with its block.
    """

    def __init__(self, python=sys.executable, unpacked=None):
        self.python, self.unpacked = str(python), unpacked

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tpc-servers-")))
            shutil.copytree(FOLDER / "sites", self.folder, dirs_exist_ok=True)
            with zipfile.ZipFile(self._only("python/*.whl")) as wheel:
                wheel.extractall(self.folder / "packages")
            with zipfile.ZipFile(self._only("php/*.zip")) as archive:
                archive.extractall(self.folder)
            project = nodes.Project(self.folder / "node", "20")
            for program in [*self.folder.glob("*.cjs"), *(FOLDER / "functions").glob("*.cjs")]:
                shutil.copy(program, project.folder)
            self.node = nodes.node("20")
            # Apache's processes run as another user.
            self.folder.chmod(0o755)
            self._stack = stack.pop_all()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TPC_", "THE_PROMPTING_", "NODE_"))}
        self.environment = {
            **kept,
            "PYTHONPATH": os.pathsep.join([str(self.folder / "packages"), str(self.folder)]),
            "PYTHONUNBUFFERED": "1",
            "NODE_PATH": nodes.DEBIAN_MODULES,
            "TPC_API_KEY": "key-of-the-rig",
        }
        return self

    def __exit__(self, *_):
        self._stack.close()

    def module(self, name, *arguments):
        """The command of a Python module."""
        return [self.python, "-m", name, *arguments]

    @staticmethod
    def _only(pattern):
        (file,) = BUILD.glob(pattern)
        return file
