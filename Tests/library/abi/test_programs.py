"""The programs that the documentation shows, as a reader would compile them."""

import re

import pytest
from support import header, paths
from support.servers.fault_server import FaultServer

from .building import C_COMPILERS, compile_program, environment, library_flags, run

PAGE = paths.ROOT / "docs/c.md"


def header_example():
    """The program in tpc.h's opening comment."""
    text = header.TEXT[header.TEXT.index(" * EXAMPLE") : header.TEXT.index("#ifndef TPC_H")]
    return "\n".join(line[3:].removeprefix("    ") for line in text.splitlines()[1:-1]) + "\n"


def page_examples():
    """The C programs of the page on C; pieces without a main are not programs."""
    text = PAGE.read_text(encoding="utf-8")
    return [block for block in re.findall(r"^```c\n(.*?)^```", text, re.DOTALL | re.MULTILINE) if "int main" in block]


PROGRAMS = {"tpc.h": header_example()}
PROGRAMS.update({f"docs/c.md {number}": text for number, text in enumerate(page_examples(), 1)})


@pytest.mark.parametrize("where", PROGRAMS)
@pytest.mark.parametrize("compiler", [*C_COMPILERS, *C_COMPILERS.values()])
def test_a_documented_program_compiles_and_delivers_its_visits(where, compiler, tmp_path):
    language, suffix = ("c++17", "cc") if compiler.endswith("++") else ("c99", "c")
    source = tmp_path / f"program.{suffix}"
    source.write_text(PROGRAMS[where])
    program = compile_program(source, tmp_path / "program", *library_flags(), compiler=compiler, language=language)
    with FaultServer() as server:
        variables = {"TPC_API_KEY": "key-of-the-test", "THE_PROMPTING_COMPANY_BASE_URL": server.url}
        run(program, env=environment(**variables))
        assert server.requests and all(request.headers["x-api-key"] == "key-of-the-test" for request in server.requests)


def test_the_example_says_why_it_cannot_start(tmp_path):
    source = tmp_path / "program.c"
    source.write_text(PROGRAMS["tpc.h"])
    program = compile_program(source, tmp_path / "program", *library_flags())
    with pytest.raises(AssertionError, match="api_key: no credential is set"):
        run(program, env=environment())
