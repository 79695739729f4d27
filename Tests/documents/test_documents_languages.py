"""The documents' programs in Python, Node and PHP, run with the packages that `make` built, as a project has them installed."""

import pytest

import pages
from support import paths

import languages


def python(folder, text):
    program = languages.python(paths.BUILD, folder)
    (folder / "visit.py").write_text(text, encoding="utf-8")
    return program, [program.steps[-1][0], folder / "visit.py"]


def node(folder, text):
    program = languages.node(paths.BUILD, folder)
    (folder / "node" / "visit.mjs").write_text(text, encoding="utf-8")
    return program, [program.steps[-1][0], folder / "node" / "visit.mjs"]


def php(folder, text):
    program = languages.php(paths.BUILD, folder)
    (folder / "visit.php").write_text(f"<?php\n{text}", encoding="utf-8")
    (folder / "vendor").mkdir()
    (folder / "vendor" / "autoload.php").write_text(f"<?php require '{program.steps[-1][-1]}';\n", encoding="utf-8")
    return program, ["php", folder / "visit.php"]


@pytest.mark.parametrize("install", [python, node, php], ids=lambda install: install.__name__)
def test_the_program_has_at_most_five_lines_and_delivers_its_visit(install, sending, collector, tmp_path):
    (block,) = pages.blocks(install.__name__)
    assert len(block.text.splitlines()) <= 5
    collector.reset()
    program, last = install(tmp_path, block.text)
    program.steps[-1] = last
    program.run(sending, cwd=tmp_path, capture_output=True, text=True)
    (record,) = collector.good()
    event = record["event"]
    assert event["page"]["href"] == "https://example.com/pricing" and event["request"]["userAgent"] == "GPTBot/1.2"
    assert event["sdk"]["runtime"].partition("/")[0] == install.__name__
