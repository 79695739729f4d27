"""Sixty forks from each language; `make torture-forks` has the long form."""

import pytest

from .first_use import exit_late, first_uses, fork_in_signature, fork_late, forks_at_registrations, forks_at_steps
from .ways import WAYS

CHILDREN = 60


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_forks_beside_a_live_sender_lose_no_event_send_none_twice_and_hang_nowhere(way, certificates):
    result = way.run(CHILDREN, certificates)
    assert result.complaints == []


@pytest.mark.parametrize("way", ["fork", "exit"])
def test_a_process_may_fork_or_end_while_another_thread_makes_its_first_client(way, certificates):
    assert first_uses(way, 40, certificates) == {}


def test_a_child_can_make_a_client_whatever_step_of_another_threads_first_one_it_was_forked_at():
    steps, problems = forks_at_steps()
    assert problems == {} and steps >= 5


def test_a_child_may_be_forked_while_another_thread_registers_a_handler_for_exit():
    steps, problems = forks_at_registrations()
    assert problems == {} and steps >= 3


def test_a_child_that_was_forked_during_libcurls_setup_is_refused_and_does_not_hang():
    fork_late()


def test_a_fork_under_way_in_a_process_that_used_the_library_before_holds_up_another_threads_first_client():
    fork_late("after-use")


def test_a_child_that_was_forked_while_a_signature_was_verified_stays_out_of_openssl():
    fork_in_signature()


def test_a_first_client_is_refused_while_the_libraries_end(certificates):
    assert exit_late("first", certificates) == "refused\n"


def test_a_client_made_while_the_libraries_end_sends_nothing_and_closes_in_time(certificates):
    assert exit_late("again", certificates) == "made another\n"
