"""What the shared library is to a linker and a loader."""

import re

import pytest
from support import header, paths

from .building import run

# The loader's name differs between architectures. The self-contained library has libcurl, OpenSSL and jansson inside.
LIBRARIES = {"libcurl.so.4", "libjansson.so.4", "libm.so.6", "libc.so.6"}
NEEDED = {"libcurl.so.4", "libc.so.6"}
MOST_BYTES = 330_000
if paths.IS_SELF_CONTAINED:
    LIBRARIES, NEEDED, MOST_BYTES = {"libpthread.so.0", "libc.so.6"}, {"libc.so.6"}, 4_500_000


@pytest.fixture(scope="module")
def dynamic():
    return run("readelf", "--wide", "--dynamic", paths.LIBRARY)


@pytest.fixture(scope="module")
def segments():
    return run("readelf", "--wide", "--program-headers", paths.LIBRARY)


def test_it_exports_the_headers_functions_and_nothing_else():
    lines = run("nm", "-D", "--defined-only", paths.LIBRARY).splitlines()
    # The version's own name is an absolute symbol in some linkers' output.
    exported = {line.split()[-1].split("@")[0] for line in lines if line.split()[-2] != "A"}
    assert exported == set(header.DECLARATIONS.functions)


def test_every_symbol_carries_the_version_TPC_0():
    lines = run("nm", "-D", "--defined-only", paths.LIBRARY).splitlines()
    assert all(line.endswith("@@TPC_0") for line in lines if line.split()[-2] == "T")


def test_its_soname_is_libtpc_so_0(dynamic):
    assert re.findall(r"\(SONAME\).*\[(.+)\]", dynamic) == ["libtpc.so.0"]
    assert paths.LIBRARY.resolve() == (paths.LIBRARY.parent / "libtpc.so.0").resolve()


def test_it_is_never_unloaded(dynamic):
    assert re.search(r"\(FLAGS_1\).*\bNODELETE\b", dynamic)


def test_it_needs_no_more_than_curl_jansson_and_the_c_library(dynamic):
    needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic))
    assert {name for name in needed if not name.startswith("ld-linux")} <= LIBRARIES
    assert NEEDED <= needed


def test_it_names_no_folder_to_search_for_libraries(dynamic):
    assert "RPATH" not in dynamic and "RUNPATH" not in dynamic


def test_its_addresses_are_bound_at_once_and_then_read_only(dynamic, segments):
    assert re.search(r"\(FLAGS_1\).*\bNOW\b", dynamic)
    assert "GNU_RELRO" in segments
    assert "TEXTREL" not in dynamic


def test_its_stack_and_data_are_not_executable(segments):
    stack = re.search(r"GNU_STACK.*", segments).group()
    assert re.search(r"\bRW\b", stack) and "RWE" not in segments


def test_it_is_stripped_and_small():
    assert run("nm", paths.LIBRARY) == ""
    assert paths.LIBRARY.stat().st_size <= MOST_BYTES


def test_it_shows_no_path_of_the_machine_that_built_it():
    data = paths.LIBRARY.read_bytes()
    assert str(paths.ROOT).encode() + b"/" not in data
    assert not re.search(rb"/(home|root|opt|work|tmp)/[\w.]", data)


def test_it_has_no_value_that_its_first_user_makes_under_a_lock():
    """A child that was forked at that moment would wait forever. Such a value has a token of its own, `…Wz` in its name."""
    names = {line.split()[-1] for line in run("nm", paths.STATIC_LIBRARY).splitlines() if line.strip()}
    made = {name for name in names if re.search(r"W[zZ](Tv_r)?$", name) and "TPC" in name}
    assert len(names) > 1000 and made == set()
