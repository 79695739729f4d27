"""Swift packages that use the library's Swift product, built in one folder: its module is compiled once for all of them."""

import hashlib
import shutil
import subprocess
import sys

from .alone import alone
from .paths import ROOT

FOLDER = ROOT / ".build-programs"


def _scratch():
    """One for each list of sources: SwiftPM does not notice that a file of a package that is named by its path is gone."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "Sources").rglob("*"))
    return FOLDER / hashlib.sha256("\n".join(files).encode()).hexdigest()[:16]


def built(package, program):
    """Builds the package in this folder and returns the path of its program. Fails with what the compiler said."""
    with alone():
        scratch = _scratch()
        for old in FOLDER.glob("*"):
            if old != scratch:
                shutil.rmtree(old)
        command = ["swift", "build", "--package-path", str(package), "--scratch-path", str(scratch)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return scratch / "debug" / program


if __name__ == "__main__":
    print(built(*sys.argv[1:]))
