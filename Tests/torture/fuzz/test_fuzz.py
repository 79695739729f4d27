"""A short, replayable run of every fuzz target, and proof that a fault would be found."""

import pytest
from support.alone import make

from . import corpus, run


@pytest.fixture(scope="module", autouse=True)
def fuzzer():
    make(".build-fuzz/fuzz")


@pytest.mark.parametrize("target", corpus.TARGETS)
def test_nothing_that_a_target_is_given_breaks_the_library(target):
    done = run.fuzz(target, seed=1)
    assert done.passed, f"{done.find}:\n{done.output[-6000:]}"
    assert done.inputs > 1000


@pytest.mark.parametrize(
    ("fault", "said"),
    [("beyond", "heap-buffer-overflow"), ("trap", "deadly signal"), ("untrue", "not so: a text is shorter"), ("leak", "LeakSanitizer"), ("depth", "stack-overflow")],
)
def test_a_fault_of_each_kind_is_found(fault, said, tmp_path):
    text = tmp_path / "text"
    text.write_bytes(f"fault:{fault}".encode())
    code, output = run.program("fault", text, folder=tmp_path)
    assert code != 0 and said in output
    text.write_bytes(b"fault:none")
    assert run.program("fault", text, folder=tmp_path)[0] == 0


def test_every_target_has_a_corpus():
    entry = (corpus.FOLDER.parent / "targets" / "Entry.swift").read_text()
    named = {line.split('"')[1] for line in entry.splitlines() if line.startswith('  ("')}
    assert named == {*corpus.TARGETS, "fault"}


@pytest.mark.parametrize("target", corpus.TARGETS)
def test_a_corpus_that_is_read_and_written_stays_as_it_is(target, tmp_path, monkeypatch):
    inputs = corpus.read(target)
    before = (corpus.FOLDER / f"{target}.txt").read_bytes()
    monkeypatch.setattr(corpus, "FOLDER", tmp_path)
    corpus.write(target, inputs)
    assert (tmp_path / f"{target}.txt").read_bytes() == before
    files = corpus.unpack(target, tmp_path / target).iterdir()
    assert sorted(file.read_bytes() for file in files) == sorted(inputs)


@pytest.mark.parametrize("data", [bytes(range(256)), b"#", b" ", b"\\x41", b"\\n", b"\n#\n "])
def test_an_input_survives_as_a_line(data):
    line = corpus.escaped(data)
    assert line.isascii() and line.isprintable() and not line.startswith("#") and line.strip() == line.lstrip()
    assert corpus.unescaped(line) == data
