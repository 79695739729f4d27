# SPDX-License-Identifier: Apache-2.0
"""The public names of the module TPC, as the compiler knows them.

    PYTHONPATH=Tests .venv/bin/python -m bindings.swift.symbols > Tests/bindings/swift/public_names.txt

writes the list that a test compares them with.
"""

import json
import pathlib
import platform
import subprocess
import tempfile

from support import swift_programs

NAMES = pathlib.Path(__file__).with_name("public_names.txt")
# What every type has, or what follows from the others.
IMPLICIT = {"Copyable", "Escapable", "SendableMetatype", "BitwiseCopyable"}


class Graph:
    """The symbol graph. `own` are the symbols that the sources declare, by their full names."""

    def __init__(self, folder):
        target = f"{platform.machine()}-unknown-linux-gnu"
        arguments = ["-module-name", "TPC", "-target", target, "-output-dir", str(folder), "-minimum-access-level", "public"]
        command = ["swift", "symbolgraph-extract", *arguments, "-skip-synthesized-members", *swift_programs.module_flags()]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        graph = json.loads((pathlib.Path(folder) / "TPC.symbols.json").read_text(encoding="utf-8"))
        names = {symbol["identifier"]["precise"]: _name(symbol) for symbol in graph["symbols"]}
        self.own = [symbol for symbol in graph["symbols"] if "location" in symbol]
        self.conformances = sorted(
            f"{names[one['source']]}: {one['targetFallback'].split('.')[-1]}"
            for one in graph["relationships"]
            if one["kind"] == "conformsTo" and one["source"] in names and one["targetFallback"].split(".")[-1] not in IMPLICIT
        )

    def lines(self):
        """One for each declaration and each protocol of a type."""
        declared = {f"{_name(symbol)}: {_declaration(symbol)}" for symbol in self.own}
        return sorted(declared | {f"{line} (protocol)" for line in self.conformances})

    def members(self, name):
        """The names of a type's properties."""
        kinds = {"swift.property"}
        return {symbol["pathComponents"][1] for symbol in self.own
                if symbol["pathComponents"][:-1] == [name] and symbol["kind"]["identifier"] in kinds}  # fmt: skip


def _name(symbol):
    return ".".join(symbol["pathComponents"])


def _declaration(symbol):
    return "".join(part["spelling"] for part in symbol["declarationFragments"]).replace("\n", " ")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as output:
        print("\n".join(Graph(output).lines()))
