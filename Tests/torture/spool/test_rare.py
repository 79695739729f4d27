"""Moments that are rare, made certain."""

from .rare import LIVES, run, run_killed_senders, run_rewound, run_without_server


def test_senders_that_are_killed_early_cost_no_segment():
    ended = run_killed_senders(2000)
    assert ended.pending == 2000 + LIVES and not any(name.endswith(".bad") for name in ended.files)


def test_a_segment_that_is_full_does_not_fail_those_who_wait_for_its_sync():
    said = run_without_server("synced", spool_sender="never", spool_sync="always").said[-1]
    assert (said["accepted"], said["refused"]) == (8000, 0)


def test_an_end_that_is_noted_late_is_noted_nowhere_else():
    ended = run_rewound()
    assert ended.said[0]["delivered"] == 300 and ended.said[1]["pending"] == 300
    assert ended.pending >= 300


def test_a_spool_goes_on_when_the_host_closed_the_descriptors_of_many_segments():
    noticed, after = run_without_server("closed").said
    assert after["unspooled"] == noticed["unspooled"] < 2500


def test_a_sender_for_all_that_gets_no_thread_tries_again():
    assert run("threadless", preloads=True, variables={"RARE_THREAD": "1"}, spool_sender="shared").said[-1]["delivered"] > 0


def test_an_event_that_is_larger_than_the_senders_queue_does_not_stay_before_all_others():
    assert run("threadless", spool_sender="shared", queue_max_bytes=1024).said[-1]["delivered"] > 0


def test_threads_wait_for_another_one_that_makes_a_file():
    said = run_without_server("first", preloads=True, variables={"RARE_FILE": "100000"}, spool_sender="never").said[-1]
    assert (said["accepted"], said["unspooled"]) == (8, 0)
