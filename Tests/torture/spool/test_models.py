"""The lease's and the shared sender's protocols, in every order of their steps; `make torture-spool` goes further."""

import pytest

from .models import MUTANTS, QUICK
from .search import explore


@pytest.mark.parametrize("name", QUICK)
def test_no_order_of_steps_loses_an_event_sends_one_twice_or_is_stuck(name):
    found = explore(QUICK[name])
    assert found.violation is None, str(found)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_changed_rule_has_a_counterexample(name):
    model, wrong = MUTANTS[name]
    found = explore(model)
    assert found.violation and found.violation.endswith(wrong), str(found)
    assert found.steps
