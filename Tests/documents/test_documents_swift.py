"""The Swift of the documents: every statement compiles, and every program does what its text says."""

import json
import re

import pytest

import pages
import swift_blocks
from support import paths, swift_programs
from support.alone import alone

# What DocC lists by itself: a type's cases, and what its protocols demand.
LISTED = {"Enumeration Cases", "Initializers", "Default Implementations"}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A package with all of the blocks. It does not compile if one of them does not."""
    folder = tmp_path_factory.mktemp("documents")
    swift_blocks.write(folder)
    swift_programs.built(folder, "statements")
    return folder


def test_every_statement_of_the_documents_and_of_the_catalogue_compiles(package, run):
    assert len(swift_blocks.statements()) >= 5
    assert run(swift_programs.built(package, "statements")).stdout == "compiled\n"


def test_the_middleware_for_vapor_tracks_a_page(package, run, sending, collector):
    collector.reset()
    run(swift_programs.built(package, "vapor-site"), env={**sending, "TPC_TRUSTED_PROXIES": "private"})
    (record,) = collector.good()
    event = record["event"]
    assert event["page"]["href"] == "http://example.com/pricing?plan=pro" and event["properties"] == {"status": 200}
    assert event["request"] == {"userAgent": "GPTBot/1.2", "clientIp": "192.0.2.7", "method": "GET"}


def test_the_tests_of_an_application_pass(package, run):
    scratch = swift_programs.built(package, "statements").parents[1]
    with alone():
        done = run("swift", "test", "--package-path", package, "--scratch-path", scratch)
    assert f"Test run with {sum(block.text.count('@Test') for block in pages.blocks('swifttest'))} tests" in done.stdout


@pytest.mark.parametrize("block", pages.blocks("ctpc"), ids=str)
def test_the_program_over_the_c_interface_compiles_and_delivers_its_visit(block, run, sending, collector, tmp_path):
    collector.reset()
    (tmp_path / "main.swift").write_text(block.text, encoding="utf-8")
    flags = run("pkg-config", "--cflags", "--libs", "tpc", env=sending).stdout.split()
    run("swiftc", "main.swift", *flags, cwd=tmp_path, env=sending)
    run(tmp_path / "main", env=sending)
    (record,) = collector.good()
    assert record["event"]["page"]["href"] == "https://example.com/pricing"


@pytest.mark.parametrize("block", pages.blocks("manifest"), ids=str)
def test_a_manifest_is_read_by_swiftpm_and_names_products_of_the_package(block, run, tmp_path):
    (tmp_path / "Package.swift").write_text(block.text, encoding="utf-8")
    assert '"libtpc"' in run("swift", "package", "--package-path", tmp_path, "dump-package").stdout


def test_every_block_of_the_catalogue_says_how_it_is_tested():
    blocks = [block for page in swift_blocks.articles() for block in page.blocks()]
    assert [str(block) for block in blocks if block.kind not in pages.KINDS] == []
    # A program stands in docs/swift.md as well, where it is run.
    programs = {block.text for kind in ("manifest", "swift", "hummingbird") for block in pages.blocks(kind)}
    assert [str(block) for block in blocks if block.kind in ("manifest", "swift", "hummingbird") and block.text not in programs] == []


def test_the_catalogue_builds_without_a_warning_and_has_a_place_for_every_symbol(package, run, tmp_path):
    modules = swift_programs.built(package, "statements").parent / "Modules"
    run(paths.ROOT / "packaging/docc", modules, tmp_path / "docc")
    module = tmp_path / "docc/data/documentation/tpc"
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in [module.with_suffix(".json"), *module.glob("*.json")]}
    assert {"tpc", "pagevisits", "configuration", "visit", "webrequest", "statistics", "firstvisit"} <= set(found)
    # What no page puts anywhere, DocC lists by kind.
    left = {
        (name, section["title"])
        for name, page in found.items()
        for section in page.get("topicSections", [])
        if section.get("generated") and section["title"] not in LISTED
    }
    assert left == set()


@pytest.mark.parametrize("block", pages.blocks("hummingbird"), ids=str)
def test_the_server_on_hummingbird_is_the_one_that_is_built_and_run(block):
    program = (paths.ROOT / "Tests/bindings/swift/hummingbird/server/Sources/three/main.swift").read_text(encoding="utf-8")
    assert block.text == re.sub(r"^//.*\n", "", program, flags=re.MULTILINE)
