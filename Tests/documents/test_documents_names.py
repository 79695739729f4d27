"""What the documents name exists: targets, files, folders, functions."""

import re
import shlex

import pytest

import pages
from support import header, paths

MAKEFILES = [paths.ROOT / "Makefile", *(path for folder in ("bindings", "servers", "packaging", "Tests") for path in paths.ROOT.glob(f"{folder}/**/*.mk"))]
MAKEFILE = "\n".join(path.read_text(encoding="utf-8") for path in MAKEFILES)
ARCHITECTURE = pages.PAGES["docs/internals/architecture.md"]


# The long forms of Tests/torture: `make torture-faults FAULTS="--seed 7"`.
RIGS = {program.parent.name for program in paths.ROOT.glob("Tests/torture/*/__main__.py")}


def targets():
    """The targets that have a rule in the Makefile or in what it includes; a .PHONY line makes none."""
    rules = re.findall(r"^([\w-]+(?: [\w-]+)*) *:(?!=)", MAKEFILE, re.MULTILINE)
    return {target for rule in rules for target in rule.split()} | {f"torture-{rig}" for rig in RIGS}


def variables():
    """The variables that a caller of `make` may set."""
    return set(re.findall(r"\b[A-Z_]+\b", MAKEFILE)) | {rig.upper() for rig in RIGS}


def code(text):
    """What is marked as code: the lines of blocks, and what is between backticks."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    outside = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [line for block in fenced for line in block.splitlines()] + re.findall(r"`([^`]+)`", outside)


def commands(text):
    """The arguments of each `make`, where it is a command."""
    for line in code(text):
        words = re.split(r"\s+#", line)[0].removeprefix("sudo ").split()
        if words[:1] == ["make"]:
            yield re.sub(r'"[^"]*"', "", " ".join(words[1:])).split()


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=str)
def test_each_make_command_names_a_target_and_variables_of_the_makefile(page):
    wanted = [word for words in commands(page.text) for word in words if word != "…"]
    assert {word for word in wanted if "=" not in word} <= targets()
    assert {word.split("=")[0] for word in wanted if "=" in word} <= variables()


# Commands that are not the project's files.
SYSTEM = (
    "make", "ldconfig", "apt-get", "swift", "mkdir", "cd", "crontab", "curl", "systemctl", "install", "tpc-events",
    "nano", "nginx", "a2enconf", "a2disconf", "a2dismod", "apachectl", "setsebool", "rm",
)  # fmt: skip


@pytest.mark.parametrize("block", pages.blocks("names"), ids=str)
def test_a_block_that_is_not_run_has_commands_that_exist(block):
    for line in block.text.splitlines():
        words = [word for word in shlex.split(line.lstrip("("), comments=True) if not re.match(r"[A-Z_]+=", word)]
        words = words[1:] if words[:1] == ["sudo"] else words
        assert words[0] in SYSTEM or (paths.ROOT / words[0]).exists(), line


def test_the_floors_of_the_architecture_are_the_folders_of_the_library():
    floors = [row[0] for row in ARCHITECTURE.table("floor")]
    core = paths.ROOT / "Sources" / "TPCCore"
    assert sorted(floors) == sorted(path.name for path in core.iterdir() if path.is_dir())


def test_the_architecture_leads_to_every_floor():
    places = ARCHITECTURE.section("Where to find what")
    assert [row[0] for row in ARCHITECTURE.table("floor") if f"/{row[0]}/" not in places] == ["Bytes"]


@pytest.mark.parametrize("page", [page for page in pages.PAGES.values() if "internals" in page.name], ids=str)
def test_an_internal_page_opens_with_its_sources(page):
    assert page.text.splitlines()[2].startswith("Source: ")


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=str)
def test_files_that_are_named_as_code_exist(page):
    folders = "Sources|Tests|examples|benchmarks|packaging|include|collector|bindings|docs|\\.ci"
    for path in re.findall(rf"`((?:{folders})/[\w./+-]*)`", page.text):
        assert (paths.ROOT / path).exists(), path


# The directives and variables of nginx's module, and where its key may be.
NGINX = {"tpc_api_key"} | set(
    re.findall(
        r'ngx_string\("(tpc\w*)"\)',
        "".join(path.read_text(encoding="utf-8") for path in paths.ROOT.glob("servers/nginx/*.c")),
    )
)


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=str)
def test_functions_and_constants_that_are_named_are_the_headers(page):
    functions = set(re.findall(r"\b(tpc_(?:[a-z]+_)+[a-z]+)\b", page.text)) | set(re.findall(r"\b(tpc_[a-z_]+)(?=\()", page.text))
    known = set(header.DECLARATIONS.functions) | header.DECLARATIONS.opaque | set(header.DECLARATIONS.structs)
    # Metrics of Prometheus, which docs/metrics.md has in a table of its own test.
    metrics = set(re.findall(r"^\| `(tpc_\w+)` \| (?:`tpc\.|counter|gauge)", page.text, re.MULTILINE))
    # A package's file and a module's of Apache, not functions.
    assert functions - metrics - NGINX - {"tpc_events", "tpc_module"} <= known
    constants = set(re.findall(r"\bTPC_(?:ERROR|FIELD|OUTCOME)_[A-Z_]+\b", page.text))
    assert constants <= set(header.DECLARATIONS.constants)


def test_the_libraries_that_the_readme_names_are_all_that_is_needed(run):
    needed = re.findall(r"\[lib(\w+)\.so", run("readelf", "-d", paths.LIBRARY).stdout.split("SONAME")[0])
    said = re.search(r"only libcurl, libjansson and libc", pages.README.text)
    assert said and set(needed) <= {"curl", "jansson", "c"}


def test_the_packages_are_installed_from_where_they_are_built_as_their_own_pages_say():
    (block,) = pages.blocks("install")
    files = re.findall(r"build/\S+", block.text)
    assert len(files) == 3 and all(list(paths.ROOT.glob(name)) for name in files)
    theirs = "".join((paths.ROOT / f"bindings/{language}/README.md").read_text(encoding="utf-8") for language in ("node", "php"))
    for line in block.text.splitlines()[1:]:
        assert line.replace("build/php/", "").replace("./", "") in theirs.replace("./", ""), line
