"""tpc.h for the compilers and interfaces that read it."""

import re

import pytest
from pycparser import c_ast, c_parser
from support import header, library, paths

from .building import C_COMPILERS, STRICT, run

MOST_FUNCTIONS = 54


@pytest.mark.parametrize("compiler", C_COMPILERS)
@pytest.mark.parametrize("standard", ["c99", "c11", "c17"])
def test_it_compiles_alone_as_c(compiler, standard, tmp_path):
    source = tmp_path / "alone.c"
    source.write_text("#include <tpc.h>\nint one_declaration_of_its_own;\n")
    warnings = ("-Wstrict-prototypes", "-Wc++-compat", "-Wundef")
    run(compiler, f"-std={standard}", *STRICT, *warnings, f"-I{paths.HEADER.parent}", "-fsyntax-only", source)


@pytest.mark.parametrize("compiler", C_COMPILERS.values())
@pytest.mark.parametrize("standard", ["c++11", "c++17", "c++20"])
def test_it_compiles_alone_as_cpp(compiler, standard, tmp_path):
    source = tmp_path / "alone.cc"
    source.write_text("#include <tpc.h>\n#include <tpc.h>\n")
    run(compiler, f"-std={standard}", *STRICT, "-Wundef", f"-I{paths.HEADER.parent}", "-fsyntax-only", source)


def plain(text):
    """Whether a header's marked part has plain declarations only."""
    body = header.without_comments(header.marked(text))
    if "#" in body or "__" in body or "//" in body:
        return False
    try:
        types = "\n".join(f"typedef int {name};" for name in header.STANDARD_TYPES)
        tree = c_parser.CParser().parse(f"{types}\n{body}", "tpc.h")
    except Exception:
        return False
    for node in tree.ext:
        if not isinstance(node, (c_ast.Decl, c_ast.Typedef)) or getattr(node, "funcspec", None):
            return False
        if isinstance(node, c_ast.Decl) and node.storage:
            return False
    return True


def test_the_marked_part_has_plain_declarations_only():
    assert plain(header.TEXT)


@pytest.mark.parametrize(
    "line",
    [
        "#define TPC_MORE 1",
        "static inline int tpc_more(void) { return 1; }",
        "inline int tpc_more(void);",
        "static int tpc_more(void);",
        "int tpc_more(void) __attribute__((pure));",
        'extern "C" int tpc_more(void);',
        "_Bool tpc_more(bool value);",
    ],
)
def test_the_check_of_the_marked_part_sees_what_is_not_plain(line):
    assert not plain(header.TEXT.replace(header.END, line + "\n" + header.END))


def test_it_stays_small_enough_to_learn():
    assert len(header.DECLARATIONS.functions) <= MOST_FUNCTIONS


def test_every_declaration_has_a_comment_of_its_own_directly_above_it():
    """The manual page is made of these comments."""
    lines = header.marked(header.TEXT).splitlines()
    starts = [number for number, line in enumerate(lines) if re.match(r"(?!typedef\b)\w.*\btpc_\w+\(", line)]
    starts += [number for number, line in enumerate(lines) if re.match(r"enum \{|typedef struct", line)]
    assert len(starts) > len(header.DECLARATIONS.functions)
    assert [lines[number] for number in starts if not lines[number - 1].endswith("*/")] == []


def test_no_line_is_wider_than_a_page():
    assert [line for line in header.TEXT.splitlines() if len(line) > 120] == []


def test_no_signature_uses_an_enums_type():
    assert not re.search(r"\benum\s+\w+\b(?!\s*\{)", header.without_comments(header.marked(header.TEXT)))


def test_every_public_name_starts_with_tpc():
    found = header.DECLARATIONS
    names = [*found.functions, *found.structs, *found.opaque]
    assert all(name.startswith("tpc_") for name in names)
    assert all(name.startswith("TPC_") for name in [*found.constants, *header.MACROS])


def test_header_library_and_version_file_have_the_same_version():
    numbers = [int(header.MACROS[f"TPC_VERSION_{part}"]) for part in ("MAJOR", "MINOR", "PATCH")]
    version = ".".join(map(str, numbers))
    loaded = library.shared()
    assert loaded.tpc_version_string().decode() == version
    assert loaded.tpc_version_number() == numbers[0] * 1_000_000 + numbers[1] * 1000 + numbers[2]
    assert paths.VERSION == version
    assert paths.LIBRARY.resolve().name == f"libtpc.so.{version}"
    changes = paths.ROOT / "CHANGELOG.md"
    if changes.exists():
        assert re.search(rf"^## \[?{re.escape(version)}\b", changes.read_text(), re.MULTILINE)


def test_every_status_has_its_name_and_other_numbers_have_none():
    statuses = {
        name: value
        for name, value in header.DECLARATIONS.constants.items()
        if name.startswith(("TPC_ERROR_", "TPC_OK"))
    }
    loaded = library.shared()
    for name, value in statuses.items():
        assert loaded.tpc_status_name(value).decode() == name
    for value in (1, 12, min(statuses.values()) - 1, 2**31 - 1, -(2**31)):
        assert loaded.tpc_status_name(value) == b"TPC_ERROR_UNKNOWN"


def test_the_fields_are_numbered_without_gaps():
    assert sorted(header.FIELDS.values()) == list(range(len(header.FIELDS)))
