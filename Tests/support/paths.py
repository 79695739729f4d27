"""Where things are in the tree."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "include" / "tpc.h"
# TPC_BUILD names another build of the same tree, such as build-static; TPC_LIBRARY another library alone, such as the self-contained one.
BUILD = ROOT / os.environ.get("TPC_BUILD", "build")
LIBRARY = ROOT / (os.environ.get("TPC_LIBRARY") or BUILD / "lib" / "libtpc.so")
IS_SELF_CONTAINED = "self-contained" in LIBRARY.parts
VERSION = (ROOT / "VERSION").read_text(encoding="ascii").strip()
STATIC_LIBRARY = BUILD / "lib" / "libtpc.a"
