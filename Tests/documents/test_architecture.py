"""No folder of the sources uses one above it: docs/internals/architecture.md has the order, and the compiler is asked.

The floors are compiled from the lowest up, each with those below it and nothing else. So whatever a file uses of a floor above
its own, be it a type, a function or a member, is a name that the compiler does not know.
"""

import functools
import os
import re
import subprocess

import pytest
from support.paths import ROOT

PAGE = ROOT / "docs" / "internals" / "architecture.md"
TARGETS = ("TPCCore", "TPC", "tpc-events")
SHIMS = [part for shim in ("CTPCPOSIX", "CTPCCurl", "CTPCJansson", "CTPCZlib", "CTPCZstd", "CTPCCrypto") for part in ("-I", f"Sources/{shim}")]
ERROR = re.compile(r"^(Sources/\S+?:\d+):\d+: error: (.*)$", re.MULTILINE)


def folders(target):
    return {folder.name for folder in (ROOT / "Sources" / target).iterdir() if folder.is_dir() and folder.suffix != ".docc"}


@functools.lru_cache()
def tables():
    """The floors of each target, lowest first: the first columns of the page's tables about floors and folders."""
    found = {}
    for section in re.split(r"^(?=#+ )", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE):
        heading, _, text = section.partition("\n")
        if not re.search(r"\b(floors|folders)\b", heading, re.IGNORECASE):
            continue
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            names = [name.rstrip("/").rpartition("/")[2] for name in re.findall(r"^\| *`([^`]+)` *\|", table, re.MULTILINE)]
            # The lowest floor says whose table it is.
            found |= {target: names for target in TARGETS if names and names[0] in folders(target)}
    return found


def floors(target):
    return tables().get(target, [])


def core(folder):
    """Where the module TPCCore is found by the tool's sources; made here, so that nothing has to be built before."""
    sources = sorted(map(str, (ROOT / "Sources/TPCCore").rglob("*.swift")))
    # What it declares; the functions' bodies would take thirty times as long.
    command = ["swiftc", "-frontend", "-emit-module", "-experimental-skip-non-inlinable-function-bodies", "-swift-version", "5", "-package-name", "libtpc"]
    module = ["-parse-as-library", "-module-name", "TPCCore", "-o", f"{folder}/TPCCore.swiftmodule"]
    subprocess.run([*command, *module, *SHIMS, *sources], cwd=ROOT, check=True)
    return ["-I", str(folder)]


def errors(target, names, imports):
    """What the compiler says about the last of these floors, given those below it alone: one line each, with the file and what
    it does not know."""
    files = [(name, str(file.relative_to(ROOT))) for name in names for file in sorted((ROOT / "Sources" / target / name).rglob("*.swift"))]
    # Only primary files are checked; the others are read for what they declare.
    sources = [part for name, file in files for part in (["-primary-file"] if name == names[-1] else []) + [file]]
    command = ["swiftc", "-frontend", "-typecheck", "-swift-version", "5", "-package-name", "libtpc", "-parse-as-library", "-module-name", target.replace("-", "_")]
    done = subprocess.run([*command, *SHIMS, *imports, *sources], cwd=ROOT, capture_output=True, text=True, check=False)
    found = sorted({f"{place}: {said}" for place, said in ERROR.findall(done.stderr)})
    assert found or done.returncode == 0, done.stderr
    return found


@pytest.mark.parametrize("target", TARGETS)
def test_every_folder_is_a_floor(target):
    assert set(floors(target)) == folders(target), f"the table in {PAGE.relative_to(ROOT)} and Sources/{target} differ"
    assert not floors(target) or not list((ROOT / "Sources" / target).glob("*.swift")), "a file that is on no floor"


@pytest.mark.parametrize("target", TARGETS)
def test_no_floor_uses_one_above_it(target, tmp_path_factory):
    names = floors(target)
    # Nothing is above the last.
    imports = core(tmp_path_factory.mktemp("core")) if names and target != "TPCCore" else []
    found = [
        f"{name} uses what is above it: {error}"
        for count, name in enumerate(names[:-1], start=1)
        for error in errors(target, names[:count], imports)
    ]
    assert found == []


def test_no_code_is_for_the_embedded_build_alone():
    """The compiler is asked as for ordinary Swift, and would not see it."""
    sources = [file for target in ("TPCCore", "TPCExport", "tpc-events") for file in (ROOT / "Sources" / target).rglob("*.swift")]
    alone = re.compile(r"^\s*#(if|elseif) hasFeature\(Embedded\)|^\s*#else", re.MULTILINE)
    assert [str(file.relative_to(ROOT)) for file in sources if alone.search(file.read_text(encoding="utf-8"))] == []


def test_the_unit_tests_folders_are_floors():
    assert {folder for folder in os.listdir(ROOT / "Tests" / "unit")} <= set(floors("TPCCore"))
