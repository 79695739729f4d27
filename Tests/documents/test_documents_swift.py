"""The Swift of the documents: every statement compiles, and every program does what its text says."""

import pytest

import pages
import swift_blocks
from support import swift_programs


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
