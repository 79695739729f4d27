"""The quick form: each planted bug still matches the sources, and names tests that exist. __main__.py plants them."""

import pytest
from .mutant import ROOT, all_mutants

MUTANTS = all_mutants()


def test_there_are_many_bugs_and_each_has_its_own_name():
    assert len(MUTANTS) >= 40
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_bug_fits_the_sources(mutant):
    mutant.applied()
    assert mutant.swift or mutant.pytest
    for path, _, test in (path.partition("::") for path in mutant.pytest):
        assert f"def {test}" in (ROOT / path).read_text()
