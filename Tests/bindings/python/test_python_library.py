# SPDX-License-Identifier: Apache-2.0
"""Where the library is looked for, and the error when it is not there. Each case is a process of its own."""

import shutil
import subprocess
import sys

import pytest
from support import paths

from .conftest import PACKAGE

MAKE_CLIENT = """
import tpc
try:
    tpc.Client(api_key="key").close()
except ImportError as error:
    assert isinstance(error, tpc.LibraryNotFound) and isinstance(error, tpc.Error)
    print("not found:", error)
else:
    print([line.split()[-1] for line in open("/proc/self/maps") if "libtpc" in line][0])
"""
# A library that needs another one, and lacks every function.
HOLLOW = "int hollow(void) { return 0; }"


@pytest.fixture
def package(tmp_path):
    """A copy of the package, so that a library can be put into it."""
    shutil.copytree(PACKAGE / "tpc", tmp_path / "tpc")
    return tmp_path


def found(package, **environment):
    done = subprocess.run(
        [sys.executable, "-c", MAKE_CLIENT], env={"PYTHONPATH": str(package), **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr


def compiled(folder, name, needed=None):
    """A shared library without our functions, which needs another one of the name given."""
    path = folder / name
    flags = []
    if needed:
        subprocess.run(["cc", "-shared", "-o", folder / needed, f"-Wl,-soname,{needed}", "-x", "c", "/dev/null"], check=True)
        flags = [folder / needed, "-Wl,--no-as-needed"]
    source = folder / "hollow.c"
    source.write_text(HOLLOW)
    subprocess.run(["cc", "-shared", "-o", path, source, *flags[::-1]], check=True)
    if needed:
        (folder / needed).unlink()
    return path


def test_TPC_LIBRARY_comes_before_the_packages_own(package):
    shutil.copy(paths.LIBRARY, package / "tpc" / "libtpc.so.0")
    assert found(package, TPC_LIBRARY=str(paths.LIBRARY))[0] == str(paths.LIBRARY.resolve())
    assert found(package)[0] == str(package / "tpc" / "libtpc.so.0")


def test_the_systems_library_comes_last(package, tmp_path):
    folder = tmp_path / "system"
    folder.mkdir()
    shutil.copy(paths.LIBRARY, folder / "libtpc.so.0")
    assert found(package, LD_LIBRARY_PATH=str(folder))[0] == str(folder / "libtpc.so.0")


def test_a_TPC_LIBRARY_that_does_not_load_is_passed_over_with_a_warning(package):
    shutil.copy(paths.LIBRARY, package / "tpc" / "libtpc.so.0")
    path, errors = found(package, TPC_LIBRARY="/nowhere/libtpc.so")
    assert path == str(package / "tpc" / "libtpc.so.0")
    assert "/nowhere/libtpc.so: cannot open" in errors and "is used instead" in errors


def test_the_error_lists_every_place_and_why_it_failed(package):
    text, _ = found(package, TPC_LIBRARY="/nowhere/libtpc.so")
    assert text.startswith("not found: libtpc could not be loaded")
    assert "TPC_LIBRARY (/nowhere/libtpc.so)" in text
    assert f"in the package ({package}/tpc/libtpc.so.0)" in text
    assert "the system's (libtpc.so.0)" in text
    assert text.count("cannot open shared object file") == 3


@pytest.mark.parametrize(("needed", "debian"), [("libcurl.so.4", "libcurl4"), ("libjansson.so.4", "libjansson4")])
def test_a_missing_dependency_is_named_with_debians_package(package, tmp_path, needed, debian):
    # The machine has both: a library of another name plays the missing one.
    library = compiled(tmp_path, "libtpc.so", needed.replace(".so.4", ".so.4missing"))
    text, _ = found(package, TPC_LIBRARY=str(library))
    assert f"{needed}missing: cannot open" in text and f"(apt-get install {debian})" in text


def test_a_library_that_is_too_old_is_called_that(package, tmp_path):
    text, _ = found(package, TPC_LIBRARY=str(compiled(tmp_path, "libtpc.so")))
    assert "older than this package" in text and "tpc_version_string" in text


def test_importing_the_package_loads_nothing():
    script = "import tpc, tpc.wsgi; assert 'libtpc' not in open('/proc/self/maps').read()"
    subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": str(PACKAGE)}, check=True)


def test_import_tpc_is_enough_for_its_modules_and_imports_no_framework(environment):
    program = (
        "import sys, tpc\n"
        "assert not {'flask', 'django', 'aiohttp'} & set(sys.modules)\n"
        "print(tpc.wsgi.Middleware, tpc.asgi.Middleware, tpc.flask.TPC, tpc.aiohttp.setup, tpc.django.Middleware)\n"
        "try:\n    tpc.nothing\nexcept AttributeError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "module 'tpc' has no attribute 'nothing'" in done.stdout, done.stderr
