"""The header as a module of Swift and clang, CTPC: from the build tree and installed, by flags and in a package."""

import pathlib
import shutil

import pytest
from support import paths
from support.servers.collector_process import CollectorProcess

from .building import environment, pkg_config, run

PROGRAM = pathlib.Path(__file__).parent / "programs" / "page_visit.swift"

# The target `tpc` has an empty module map: the installed one is found by pkg-config's flags.
PACKAGE = """// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "visit",
  targets: [
    .systemLibrary(name: "tpc", pkgConfig: "tpc"),
    .executableTarget(name: "visit", dependencies: ["tpc"]),
  ]
)
"""

IN_C = """
#include <tpc.h>
#pragma clang module import CTPC
int main(void) { return tpc_version_string() == 0; }
"""


@pytest.fixture
def collector():
    with CollectorProcess("--quiet") as running:
        yield running


def delivers_its_visit(program, library, collector):
    """Runs the program with the library of this folder."""
    sending = environment(LD_LIBRARY_PATH=library, TPC_API_KEY="key-of-the-test", THE_PROMPTING_COMPANY_BASE_URL=collector.url)
    assert run(program, env=sending) == paths.VERSION + "\n"
    (record,) = collector.good()
    assert record["event"]["page"]["href"] == "https://example.com/swift"


def test_a_swift_program_builds_from_the_build_tree_and_delivers(tmp_path, collector):
    flags = pkg_config(paths.BUILD / "lib" / "pkgconfig", "--cflags", "--libs")
    run("swiftc", PROGRAM, "-o", tmp_path / "visit", *flags)
    delivers_its_visit(tmp_path / "visit", paths.LIBRARY.parent, collector)


def test_a_swift_program_builds_from_an_installation_and_delivers(installed, tmp_path, collector):
    flags = pkg_config(installed / "lib" / "pkgconfig", "--cflags", "--libs")
    assert not [flag for flag in flags if str(paths.ROOT) in flag]
    run("swiftc", PROGRAM, "-o", tmp_path / "visit", *flags)
    delivers_its_visit(tmp_path / "visit", installed / "lib", collector)


def test_a_swift_package_finds_the_installed_module_and_delivers(installed, tmp_path, collector):
    (tmp_path / "Package.swift").write_text(PACKAGE, encoding="utf-8")
    for target in ("tpc", "visit"):
        (tmp_path / "Sources" / target).mkdir(parents=True)
    (tmp_path / "Sources/tpc/module.modulemap").touch()
    shutil.copy(PROGRAM, tmp_path / "Sources/visit/main.swift")
    run("swift", "build", "--package-path", tmp_path, env=environment(PKG_CONFIG_PATH=installed / "lib" / "pkgconfig"))
    delivers_its_visit(tmp_path / ".build/debug/visit", installed / "lib", collector)


def test_clang_imports_the_installed_module(installed, tmp_path):
    (tmp_path / "program.c").write_text(IN_C, encoding="utf-8")
    flags = pkg_config(installed / "lib" / "pkgconfig", "--cflags", "--libs")
    modules = ("-fmodules", f"-fmodules-cache-path={tmp_path / 'cache'}")
    run("clang", *modules, "-Wall", "-Werror", tmp_path / "program.c", "-o", tmp_path / "program", *flags)
    run(tmp_path / "program", env=environment(LD_LIBRARY_PATH=installed / "lib"))


def test_no_module_map_is_where_other_packages_headers_are(installed):
    assert [path.relative_to(installed) for path in installed.rglob("*.modulemap")] == [pathlib.Path("include/tpc/module.modulemap")]


@pytest.mark.parametrize("shim", ["CTPCPOSIX/posix.h", "CTPCCurl/curl_shim.h", "CTPCJansson/jansson_shim.h"])
def test_a_compiler_for_another_system_says_that_the_library_runs_on_linux(shim, tmp_path):
    command = ["clang", "-fsyntax-only", "-target", "x86_64-apple-macos", "-x", "c", paths.ROOT / "Sources" / shim]
    with pytest.raises(AssertionError, match="ended with 1:\n[^\n]*: error: \"libtpc runs on Linux; docs/swift.md says"):
        run(*command)
