"""What all tests share: Tests/ is on the path, for `support` and for what one suite uses of another."""

import pathlib
import sys

import hypothesis

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from support.interrupt import restore_interrupt  # noqa: E402

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")

restore_interrupt()
