"""The manual pages: they are complete, and they are set without a warning."""

import re
import sys

import pytest

from support import header, paths

MANUAL = paths.ROOT / "packaging/manual"


@pytest.fixture(scope="session")
def written(run, surroundings):
    """The sources of both pages, made as `make man` makes them."""
    tool = [sys.executable, "-B", MANUAL / "tool_page.py", paths.BUILD / "bin/tpc-events"]
    library = [sys.executable, "-B", MANUAL / "header_page.py", paths.HEADER]
    return {
        "tpc-events.1": run(*tool, env=surroundings).stdout,
        "tpc.3": run(*library, env=surroundings).stdout,
    }


@pytest.fixture(scope="session")
def shown(written, run, tmp_path_factory):
    """Both pages as a terminal shows them. Fails at a warning."""
    folder = tmp_path_factory.mktemp("man")
    texts = {}
    for name, source in written.items():
        (folder / name).write_text(source, encoding="utf-8")
        done = run("groff", "-k", "-ww", "-man", "-Tutf8", "-P-cbou", "-rLL=200n", folder / name)
        assert done.stderr == ""
        texts[name] = done.stdout.replace("‐", "-").replace("−", "-")
    return texts


def test_the_pages_are_those_that_make_built(written):
    assert {name: (paths.BUILD / "man" / name).read_text(encoding="utf-8") for name in written} == written


@pytest.mark.parametrize("name", ["tpc-events.1", "tpc.3"])
def test_a_page_is_set_without_a_warning_at_the_usual_width(name, written, run, tmp_path):
    (tmp_path / name).write_text(written[name], encoding="utf-8")
    done = run("groff", "-k", "-ww", "-man", "-Tutf8", "-rLL=78n", "-z", tmp_path / name)
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["tpc-events.1", "tpc.3"])
def test_a_page_names_its_subject_as_apropos_reads_it(name, shown):
    assert re.search(rf"^NAME\n\s+{name[:-2]} - \w", shown[name], re.MULTILINE)


def test_the_tools_page_has_every_flag_option_variable_and_exit_code_of_the_help(shown, run, surroundings):
    page = re.sub(r"\s+", " ", shown["tpc-events.1"])
    for arguments in (["--help"], *(["help", topic] for topic in ("send", "check", "replay", "spool", "completion", "options"))):
        text = run("tpc-events", *arguments, env=surroundings).stdout
        for word in re.findall(r"^  (--[a-z-]+)|(\[(?:TPC|THE)_\w+\])", text, re.MULTILINE):
            assert "".join(word) in page, word
        for code, meaning in re.findall(r"^  (\d)  (.+)$", text, re.MULTILINE):
            assert f"{code} {meaning}" in page


def test_the_librarys_page_has_every_function_constant_and_member_of_the_header(shown):
    page = shown["tpc.3"]
    known = header.DECLARATIONS
    members = {f"{name} {member}" for name, struct in known.structs.items() for member, _ in struct._fields_}
    missing = [name for name in (*known.functions, *known.constants, *known.opaque, *known.structs) if name not in page]
    assert missing == []
    assert [name for name in members if not re.search(rf"\b{name.split()[1]}\b", page)] == []


def test_the_librarys_page_has_every_word_of_the_headers_comments(shown):
    words = set(re.findall(r"\w+", shown["tpc.3"].lower()))
    # The marks themselves say something to those who read the header.
    text = header.marked(header.TEXT).partition("*/")[2]
    comments = "".join(re.findall(r"/\*.*?\*/", text, re.DOTALL))
    assert set(re.findall(r"\w+", comments.lower())) - words == set()
