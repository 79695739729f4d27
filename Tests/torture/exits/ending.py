"""A row: a runtime, a way to end in it, the exit code that is the host's own, and whether its exit runs handlers."""

from dataclasses import dataclass

# What becomes of the events. EXIT: handlers run, so they are delivered, or what is left is logged. ABRUPT: the process is gone
# at once, and nothing is promised but its code. CLOSED: close said it.
EXIT, ABRUPT, CLOSED = "exit", "abrupt", "closed"


@dataclass(frozen=True)
class Ending:
    """A negative code is the signal that ended it."""

    runtime: str
    way: str
    code: int
    kind: str = EXIT

    @property
    def name(self):
        return f"{self.runtime} ends {self.way.replace('_', ' ')}"


def _rows(runtime, *rows):
    return [Ending(runtime, *row) for row in rows]


ENDINGS = [
    *_rows(
        "C",
        ("by_return", 7),
        ("by_exit", 7),
        ("by_exit_in_a_thread", 7),
        ("by_exit_beside_busy_threads", 7),
        ("by_exit_beside_threads_that_track", 7),
        ("by_exit_after_a_child_s", 7),
        ("by_sigterm_that_is_noted", 7),
        ("by_exit_in_a_handler_of_sigterm", 7),
        ("by_close_without_time", 7, CLOSED),
        ("by__exit", 7, ABRUPT),
        ("by_quick_exit", 7, ABRUPT),
        ("by_exec", 7, ABRUPT),
        ("by_abort", -6, ABRUPT),
        ("by_a_fault", -11, ABRUPT),
        ("by_kill", -9, ABRUPT),
        ("by_sigterm", -15, ABRUPT),
    ),
    *_rows(
        "Python",
        ("by_return", 0),
        ("by_exit", 7),
        ("by_an_exception", 1),
        ("by_an_exception_in_a_thread", 7),
        ("by_exit_with_reports_pending", 7),
        ("by_exit_beside_busy_threads", 7),
        ("by_exit_beside_threads_that_track", 7),
        ("by_exit_after_a_process", 7),
        ("by_exit_in_a_handler_of_sigterm", 7),
        ("by_close_without_time", 7, CLOSED),
        ("by__exit", 7, ABRUPT),
        ("by_exec", 7, ABRUPT),
        ("by_abort", -6, ABRUPT),
        ("by_kill", -9, ABRUPT),
        ("by_sigint", -2, ABRUPT),
        ("by_sigterm", -15, ABRUPT),
    ),
    *_rows(
        "Node",
        ("by_return", 0),
        ("by_exit", 7),
        ("by_really_exit", 7),
        ("by_an_exception", 1),
        ("by_a_rejection", 1),
        ("by_exit_while_flushing", 7),
        ("by_exit_with_reports_pending", 7),
        ("by_exit_after_workers_were_terminated", 7),
        ("by_exit_beside_workers", 7),
        ("by_exit_in_a_handler_of_sigterm", 7),
        ("by_close_without_time", 7, CLOSED),
        ("by_abort", -6, ABRUPT),
        ("by_kill", -9, ABRUPT),
        ("by_sigterm", -15, ABRUPT),
    ),
    *_rows(
        "PHP",
        ("by_return", 0),
        ("by_exit", 7),
        ("by_an_exception", 255),
        ("by_a_fatal_error", 255),
        ("by_exit_with_reports_pending", 7),
        ("by_exit_after_a_child_s", 7),
        ("by_exit_in_a_handler_of_sigterm", 7),
        ("by_close_without_time", 7, CLOSED),
        ("by_exec", 7, ABRUPT),
        ("by_kill", -9, ABRUPT),
        ("by_sigterm", -15, ABRUPT),
    ),
]
