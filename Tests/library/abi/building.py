"""Compilers and other commands, with their output in the failure."""

import os
import subprocess

from support import paths

C_COMPILERS = {"gcc": "g++", "clang": "clang++"}
STRICT = ("-Wall", "-Wextra", "-Werror", "-pedantic")


def run(*command, **options):
    """Runs a command, raises with what it printed when it fails, and returns its output."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def environment(**values):
    """The tests' environment, with no option of this library in it and these variables besides."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
    return {**kept, **{name: str(value) for name, value in values.items()}}


def pkg_config(directory, *arguments):
    """The flags that pkg-config gives from one directory."""
    return run("pkg-config", *arguments, "tpc", env=environment(PKG_CONFIG_PATH=directory)).split()


def compile_program(source, output, *flags, compiler="gcc", language="c99"):
    """Compiles one strict C or C++ program; its flags follow the source, as libraries have to."""
    run(compiler, f"-std={language}", *STRICT, source, "-o", output, *flags)
    return output


def library_flags():
    return [f"-I{paths.HEADER.parent}", f"-L{paths.LIBRARY.parent}", "-ltpc", f"-Wl,-rpath,{paths.LIBRARY.parent}"]
