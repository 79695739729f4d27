# SPDX-License-Identifier: Apache-2.0
"""What the self-contained library and tool are to a linker, a loader and a reader of their bytes."""

import re
import subprocess

import pytest
import systems
from support import header

MOST_BYTES = 4_500_000
# The C library alone. Its loader holds the stack protector's secret on arm64.
NEEDED = {
    "linux-gnu": {"libc.so.6", "libpthread.so.0", "ld-linux-aarch64.so.1"},
    "linux-musl": {"libc.so"},
}
# Of the compiler's start-up files and the C library; each may be absent. OpenSSL asks the system itself where there is no getentropy.
OPTIONAL = {"getentropy", "__cxa_finalize", "__gmon_start__", "_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable", "__register_atfork"}
BRANCHES = {"x86_64": "IBT, SHSTK", "aarch64": "BTI"}


def readelf(path, *options):
    return subprocess.run(["readelf", "--wide", *options, path], capture_output=True, text=True, check=True).stdout


def symbols(path):
    """The dynamic symbols: binding, section and name of each."""
    lines = (line.split() for line in readelf(path, "--dyn-syms").splitlines())
    return [(line[4], line[6], line[7].split("@")[0]) for line in lines if len(line) > 7 and line[0].rstrip(":").isdigit()]


def test_the_library_exports_the_headers_functions_and_nothing_else(target):
    exported = {name for _, section, name in symbols(systems.library(target)) if section not in ("UND", "ABS")}
    assert exported == set(header.DECLARATIONS.functions)


def test_the_library_needs_the_c_library_only(target):
    needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", readelf(systems.library(target), "--dynamic")))
    assert needed <= NEEDED[target.partition("-")[2]] and any(name.startswith("libc.so") for name in needed)


def test_the_library_loads_with_glibc_2_17(target):
    versions = re.findall(r"GLIBC_(\d+)\.(\d+)", readelf(systems.library(target), "--version-info"))
    assert bool(versions) == target.endswith("gnu")
    assert all((int(major), int(minor)) <= (2, 17) for major, minor in versions)


def test_nothing_that_the_library_looks_up_is_left_out(target):
    assert {name for binding, section, name in symbols(systems.library(target)) if binding == "WEAK" and section == "UND"} <= OPTIONAL


def test_the_library_is_small(target):
    assert systems.library(target).stat().st_size <= MOST_BYTES


def test_the_library_is_never_unloaded_and_has_its_name(target):
    dynamic = readelf(systems.library(target), "--dynamic")
    assert "[libtpc.so.0]" in dynamic and re.search(r"\(FLAGS_1\).*\bNODELETE\b", dynamic)


def test_the_tool_needs_nothing(musl):
    assert "(NEEDED)" not in readelf(systems.tool(musl), "--dynamic") and "INTERP" not in readelf(systems.tool(musl), "--program-headers")


@pytest.fixture(params=[(name, kind) for name in systems.TARGETS for kind in ("library", "tool") if systems.has(name, kind)], ids="-".join)
def built(request):
    target, kind = request.param
    return target, getattr(systems, kind)(target)


def test_it_can_be_at_any_address_which_is_bound_at_once_and_then_read_only(built):
    dynamic, segments = readelf(built[1], "--dynamic"), readelf(built[1], "--program-headers")
    assert "Elf file type is DYN" in segments and "GNU_RELRO" in segments and "TEXTREL" not in dynamic
    assert re.search(r"\(FLAGS_1\).*\bNOW\b", dynamic)


def test_its_stack_and_data_are_not_executable(built):
    segments = readelf(built[1], "--program-headers")
    assert re.search(r"\bRW\b", re.search(r"GNU_STACK.*", segments).group()) and "RWE" not in segments


def test_a_function_whose_stack_was_overwritten_does_not_return(target):
    assert any(name == "__stack_chk_fail" for _, section, name in symbols(systems.library(target)) if section == "UND")


def test_indirect_branches_go_to_marked_targets_only(target):
    """Of the library. The tool has a musl inside whose files have no such marks."""
    assert BRANCHES[target.partition("-")[0]] in readelf(systems.library(target), "--notes")


def test_it_shows_nothing_of_the_machine_that_built_it(built):
    data = built[1].read_bytes()
    assert str(systems.ROOT).encode() not in data and not re.search(rb"/(home|root|opt|work|tmp)/[\w.]", data)
    assert ".note.gnu.build-id" not in readelf(built[1], "--sections")


def test_it_is_stripped(built):
    assert ".symtab" not in readelf(built[1], "--sections") and ".debug" not in readelf(built[1], "--sections")
