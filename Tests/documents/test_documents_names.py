"""What README.md and CONTRIBUTING.md name is there: targets, files, folders, functions, links."""

import re

import pytest

import readme_document as document
from support import header, paths

MAKEFILES = [paths.ROOT / "Makefile", *paths.ROOT.glob("bindings/*/*.mk"), *paths.ROOT.glob("Tests/*/*.mk")]
MAKEFILE = "\n".join(path.read_text(encoding="utf-8") for path in MAKEFILES)
TEXTS = {name: (paths.ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")}


def targets():
    """The targets that have a rule in the Makefile or in what it includes; a .PHONY line makes none."""
    rules = re.findall(r"^([\w-]+(?: [\w-]+)*) *:(?!=)", MAKEFILE, re.MULTILINE)
    return {target for rule in rules for target in rule.split()}


def code(text):
    """What stands as code: the lines of blocks and what is between backticks."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    outside = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [line for block in fenced for line in block.splitlines()] + re.findall(r"`([^`]+)`", outside)


def commands(text):
    """The words behind each `make`, where one is a command."""
    for line in code(text):
        words = re.split(r"\s+#", line)[0].removeprefix("sudo ").split()
        if words[:1] == ["make"]:
            yield words[1:]


@pytest.mark.parametrize("name", TEXTS)
def test_each_make_command_names_a_target_and_variables_of_the_makefile(name):
    wanted = [word for words in commands(TEXTS[name]) for word in words]
    assert {word for word in wanted if "=" not in word} <= targets()
    for variable in {word.split("=")[0] for word in wanted if "=" in word}:
        assert re.search(rf"\b{variable}\b", MAKEFILE), variable


@pytest.mark.parametrize("block", document.blocks("names"), ids=str)
def test_a_block_that_is_not_run_has_commands_that_exist(block):
    for line in block.text.splitlines():
        words = line.removeprefix("sudo ").split()
        assert words == ["ldconfig"] or (words[0] == "make" and set(words[1:]) <= targets()), line


def test_everything_in_the_tree_is_there():
    (block,) = document.blocks("tree")
    parent = ""
    for line in block.text.splitlines():
        name, meaning = line.split(maxsplit=1)
        path = parent + name if line.startswith(" ") else name
        if not line.startswith(" "):
            parent = name
        assert meaning
        found = paths.ROOT / path
        assert found.is_dir() if path.endswith("/") else found.is_file(), path


def test_every_folder_of_the_library_is_in_the_tree():
    (block,) = document.blocks("tree")
    core = paths.ROOT / "Sources" / "TPCCore"
    named = set(re.findall(r"^  (\w+)/", block.text, re.MULTILINE))
    assert named == {path.name for path in core.iterdir() if path.is_dir()}


@pytest.mark.parametrize("name", TEXTS)
def test_links_to_files_lead_to_files(name):
    for target in re.findall(r"\]\(([^)#]+)\)", TEXTS[name]):
        if not target.startswith("https://"):
            assert (paths.ROOT / target).exists(), target


@pytest.mark.parametrize("name", TEXTS)
def test_files_that_stand_as_code_are_there(name):
    for path in re.findall(r"`((?:Sources|Tests|examples|benchmarks|packaging|include|collector|\.ci)/[\w./+-]*)`", TEXTS[name]):
        assert (paths.ROOT / path).exists(), path


@pytest.mark.parametrize("name", TEXTS)
def test_functions_and_constants_that_are_named_are_the_headers(name):
    functions = set(re.findall(r"\b(tpc_(?:[a-z]+_)+[a-z]+)\b", TEXTS[name])) | set(
        re.findall(r"\b(tpc_[a-z_]+)(?=\()", TEXTS[name])
    )
    known = set(header.DECLARATIONS.functions) | header.DECLARATIONS.opaque | set(header.DECLARATIONS.structs)
    assert functions <= known
    constants = set(re.findall(r"\bTPC_(?:ERROR|FIELD|OUTCOME)_[A-Z_]+\b", TEXTS[name]))
    assert constants <= set(header.DECLARATIONS.constants)


def test_the_words_on_the_librarys_needs_are_short_of_nothing(run):
    needed = re.findall(r"\[lib(\w+)\.so", run("readelf", "-d", paths.LIBRARY).stdout.split("SONAME")[0])
    said = re.search(r"only libcurl, libjansson, libm and libc", document.TEXT)
    assert said and set(needed) <= {"curl", "jansson", "m", "c"}
