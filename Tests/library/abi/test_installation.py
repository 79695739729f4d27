"""Compiling and linking: from the build tree and installed, with pkg-config, with CMake, shared and static."""

import pathlib

import pytest
from support import header, paths

from .building import C_COMPILERS, compile_program, environment, pkg_config, run

PROGRAM = pathlib.Path(__file__).parent / "programs" / "round_trip.c"
VERSION = paths.VERSION
MAJOR, MINOR, _ = map(int, VERSION.split("."))
STATIC_FLAGS = ("-lcurl", "-ljansson", "-lm")

CMAKE = """
cmake_minimum_required(VERSION 3.16)
project(outside C CXX)
find_package(tpc {wanted} REQUIRED)
add_executable(with_shared {program})
target_link_libraries(with_shared PRIVATE tpc::tpc)
add_executable(with_static {program})
target_link_libraries(with_static PRIVATE tpc::static)
"""


def test_install_puts_down_what_programs_and_packagers_look_for(installed):
    files = {str(path.relative_to(installed)) for path in installed.rglob("*") if not path.is_dir()}
    assert files == {
        "bin/tpc-events",
        "bin/tpc-events-kafka",
        "include/tpc.h",
        "include/tpc/module.modulemap",
        "lib/libtpc.a",
        "lib/libtpc.so",
        "lib/libtpc.so.0",
        f"lib/libtpc.so.{VERSION}",
        "lib/cmake/tpc/tpc-config.cmake",
        "lib/cmake/tpc/tpc-config-version.cmake",
        "lib/pkgconfig/tpc.pc",
        "lib/systemd/system/tpc-follow@.service",
        "lib/systemd/system/tpc-spool-once.service",
        "lib/systemd/system/tpc-spool.service",
        "lib/systemd/system/tpc-spool.timer",
        "share/bash-completion/completions/tpc-events",
        "share/man/man1/tpc-events.1",
        "share/man/man3/tpc.3",
        "share/zsh/site-functions/_tpc-events",
    }
    assert (installed / "include/tpc.h").read_bytes() == paths.HEADER.read_bytes()
    for link, target in (("lib/libtpc.so", "libtpc.so.0"), ("lib/libtpc.so.0", f"libtpc.so.{VERSION}")):
        assert (installed / link).readlink() == pathlib.Path(target)


def test_nothing_installed_names_the_machine_that_built_it(installed):
    for path in installed.rglob("*"):
        if path.is_file():
            assert str(paths.ROOT).encode() + b"/" not in path.read_bytes(), path
            assert str(installed).encode() not in path.read_bytes(), path


@pytest.mark.parametrize("compiler", C_COMPILERS)
def test_a_program_builds_with_pkg_config_from_the_build_tree(compiler, tmp_path):
    flags = pkg_config(paths.BUILD / "lib" / "pkgconfig", "--cflags", "--libs")
    program = compile_program(PROGRAM, tmp_path / "program", *flags, compiler=compiler)
    assert run(program, env=environment(LD_LIBRARY_PATH=paths.LIBRARY.parent)) == VERSION + "\n"


def test_a_program_builds_with_pkg_config_from_an_installation(installed, tmp_path):
    folder = installed / "lib" / "pkgconfig"
    flags = pkg_config(folder, "--cflags", "--libs")
    assert not [flag for flag in flags if str(paths.ROOT) in flag]
    program = compile_program(PROGRAM, tmp_path / "program", *flags)
    assert run(program, env=environment(LD_LIBRARY_PATH=installed / "lib")) == VERSION + "\n"
    assert pkg_config(folder, "--modversion") == [VERSION]
    needed = run("readelf", "-d", program)
    # What the library needs is the library's own affair.
    assert "libtpc.so.0" in needed and "libcurl" not in needed


def test_pkg_config_gives_the_flags_of_a_static_link(installed, tmp_path):
    folder = installed / "lib" / "pkgconfig"
    flags = pkg_config(folder, "--static", "--cflags", "--libs")
    program = compile_program(PROGRAM, tmp_path / "program", *[flag.replace("-ltpc", "-l:libtpc.a") for flag in flags])
    assert run(program, env=environment()) == VERSION + "\n"


@pytest.mark.parametrize(("language", "compiler"), [("c99", "gcc"), ("c++17", "g++")])
def test_a_program_links_the_archive_with_curl_jansson_and_m_alone(language, compiler, tmp_path):
    source = tmp_path / ("program.c" if language == "c99" else "program.cc")
    source.write_text(PROGRAM.read_text())
    flags = (f"-I{paths.HEADER.parent}", paths.STATIC_LIBRARY, *STATIC_FLAGS)
    program = compile_program(source, tmp_path / "program", *flags, compiler=compiler, language=language)
    assert run(program, env=environment()) == VERSION + "\n"
    assert "libtpc" not in run("readelf", "-d", program)


def test_the_archive_defines_no_global_name_but_the_headers():
    lines = run("nm", "-g", "--defined-only", paths.STATIC_LIBRARY).splitlines()
    defined = {line.split()[-1] for line in lines if len(line.split()) == 3}
    assert defined == set(header.DECLARATIONS.functions)


def test_cmake_finds_the_installed_package_and_links_it_both_ways(installed, tmp_path):
    source, build = tmp_path / "source", tmp_path / "build"
    source.mkdir()
    (source / "CMakeLists.txt").write_text(CMAKE.format(wanted=VERSION, program=PROGRAM))
    run("cmake", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={installed}", env=environment())
    run("cmake", "--build", build, env=environment())
    for program, is_shared in (("with_shared", True), ("with_static", False)):
        assert run(build / program, env=environment()) == VERSION + "\n"
        assert ("libtpc.so.0" in run("readelf", "-d", build / program)) is is_shared


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ("", True),
        (f"{MAJOR}.{MINOR}", True),
        (VERSION, True),
        (f"{MAJOR}.{MINOR + 1}", False),
        (f"{MAJOR + 1}.0", False),
        ("0.0.9", False),
    ],
)
def test_cmake_takes_versions_of_the_same_minor_number(wanted, fits, installed, tmp_path):
    (tmp_path / "check.cmake").write_text(
        f'cmake_minimum_required(VERSION 3.16)\nset(PACKAGE_FIND_VERSION "{wanted}")\n'
        f'string(REPLACE "." ";" parts "{wanted}.0.0")\n'
        "list(GET parts 0 PACKAGE_FIND_VERSION_MAJOR)\nlist(GET parts 1 PACKAGE_FIND_VERSION_MINOR)\n"
        f'include("{installed}/lib/cmake/tpc/tpc-config-version.cmake")\n'
        'if(PACKAGE_VERSION_COMPATIBLE)\nmessage("fits")\nelse()\nmessage("differs")\nendif()\n'
    )
    done = run("sh", "-c", f"cmake -P {tmp_path / 'check.cmake'} 2>&1")
    assert done.strip() == ("fits" if fits else "differs")
