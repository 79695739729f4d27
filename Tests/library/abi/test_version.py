"""The version number: the file VERSION has it, what repeats it agrees, and `make version` changes all of it."""

import importlib.util
import re
import shutil

import pytest
from support import paths

_SPEC = importlib.util.spec_from_file_location("version", paths.ROOT / "packaging" / "version.py")
version = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(version)

NUMBER = re.compile(rf"(?<![\d.]){re.escape(paths.VERSION)}(?![\d])")
FOLDERS = ("Sources", "include", "bindings", "collector", "packaging", "benchmarks", "examples", "docs", "Tests")
SUFFIXES = {".c", ".h", ".cjs", ".js", ".json", ".md", ".mjs", ".mk", ".php", ".py", ".swift", ".toml", ".ts", ".in", ".cmake"}
# The header of the last release, which stays as it was, and what is made from today's.
OTHERS = ("Tests/library/abi/baseline/tpc.h", "bindings/php/tpc.ffi.h")


def texts():
    """Every text file of the tree, by its path from the root."""
    files = [paths.ROOT / name for name in ("Makefile", "Package.swift", "README.md", "CONTRIBUTING.md")]
    files += [file for folder in FOLDERS for file in (paths.ROOT / folder).rglob("*") if file.suffix in SUFFIXES]
    named = {str(file.relative_to(paths.ROOT)): file for file in files}
    return {name: file.read_text(encoding="utf-8") for name, file in named.items() if name not in OTHERS}


def test_every_copy_of_the_number_agrees():
    assert version.missing(paths.VERSION) == []


def test_the_number_is_nowhere_that_make_version_does_not_reach():
    found = texts()
    for pattern, known in version.ROWS:
        for file in paths.ROOT.glob(pattern):
            name = str(file.relative_to(paths.ROOT))
            found[name] = found[name].replace(known.format(**version.values(paths.VERSION)), "")
    assert [name for name, text in found.items() if NUMBER.search(text)] == []


@pytest.mark.parametrize("new", ["0.2.0", "1.0.0", "12.34.567"])
def test_a_new_number_is_written_everywhere(new, tmp_path, monkeypatch):
    for pattern in ("VERSION", *(pattern for pattern, _ in version.ROWS)):
        for file in paths.ROOT.glob(pattern):
            copy = tmp_path / file.relative_to(paths.ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    monkeypatch.setattr(version, "ROOT", tmp_path)
    version.replace(paths.VERSION, new)
    assert version.current() == new and version.missing(new) == []
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and NUMBER.search(file.read_text(encoding="utf-8"))]
