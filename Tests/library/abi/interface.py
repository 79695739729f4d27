"""Compares two versions of tpc.h: what would break a program that was compiled against the older one?

abidiff cannot read the types of a library written in Swift, so each header is turned into a C library of empty
functions with the same signatures, and these are compared.
"""

import subprocess

from support import header

from .building import run

# tpc_stats carries its size, so that it may grow at its end; everything else of a type is fixed.
SUPPRESSIONS = "[suppress_type]\n  type_kind = struct\n  name = tpc_stats\n  has_data_member_inserted_at = end\n"


def differences(old, new, directory):
    """What is missing or different in `new`, as lines of text; empty when it only adds. Both are texts of headers."""
    lines = _constants(old, new)
    suppressions = directory / "suppressions"
    suppressions.write_text(SUPPRESSIONS)
    libraries = [_stub(text, directory / name) for name, text in (("old", old), ("new", new))]
    # libtool calls an addition a change of the soname's second number; here it does not count as a change.
    done = subprocess.run(
        ["abidiff", "--no-default-suppression", "--suppressions", suppressions, "--no-added-syms", *libraries],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    # Bit 0 is abidiff's own failure, bit 1 its usage; bits 2 and 3 are changes.
    if done.returncode & 3:
        raise AssertionError(f"abidiff failed: {done.stdout}{done.stderr}")
    if done.returncode:
        lines += done.stdout.splitlines()
    return lines


def _constants(old, new):
    """Enumerators are not part of any signature, so abidiff does not see them."""
    before, after = header.parse(old).constants, header.parse(new).constants
    return [
        f"{name} was {value} and is {after.get(name, 'gone')}"
        for name, value in before.items()
        if after.get(name) != value
    ]


def _stub(text, directory):
    directory.mkdir()
    (directory / "tpc.h").write_text(text)
    (directory / "stub.c").write_text(header.parse(text).stub())
    library = directory / "libtpc.so.0"
    run("gcc", "-g", "-shared", "-fPIC", "-Wl,-soname,libtpc.so.0", directory / "stub.c", "-o", library)
    return library
