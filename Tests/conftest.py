"""What all tests share: Tests/ is on the path, for `support` and for what one suite uses of another."""

import pathlib
import sys

import hypothesis
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from support import workers  # noqa: E402
from support.interrupt import restore_interrupt  # noqa: E402

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")

restore_interrupt()


# `make test` runs two workers (-n 2). Each has its own servers and compiled programs; a file's tests stay with one worker.
def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        workers.longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return workers.Shares(config, log)
