"""Swift packages that use the library's module TPC, built in one folder: the module is compiled once for all of them."""

import hashlib
import shutil
import subprocess
import sys

from .alone import alone
from .paths import ROOT

FOLDER = ROOT / ".build-programs"
# The program that the tests of the module are about: it brings the module's compiled form, too.
CONSUMER = (ROOT / "Tests/bindings/swift/consumer", "consumer")


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


def module_flags():
    """What swiftc and the tools beside it need to find the compiled module."""
    maps = [ROOT / "Sources" / name / "module.modulemap" for name in ("CTPCPOSIX", "CTPCCurl", "CTPCJansson")]
    folder = built(*CONSUMER).parent / "Modules"
    return ["-I", str(folder), *(part for path in maps for part in ("-Xcc", f"-fmodule-map-file={path}"))]


if __name__ == "__main__":
    print(*(built(package, program) for package, program in zip(sys.argv[1::2], sys.argv[2::2])), sep="\n")
