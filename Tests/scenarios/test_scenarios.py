# SPDX-License-Identifier: Apache-2.0
"""The scenarios in cases/, in every language."""

import pytest

from .languages import DriverError
from .running import Run, filled


def test_in(language, scenario, drivers, collector, tmp_path):
    given = scenario.environment
    if given is None:
        driver = drivers.running(language)
    else:
        given = {name: filled(value, collector, tmp_path) for name, value in given.items()}
        driver = drivers.start(language, given)
    run = Run(scenario, driver, collector, tmp_path)
    try:
        run.run()
        if given is not None:
            driver.stop()
    except DriverError as error:
        run.problems.append(str(error))
    except BaseException:
        drivers.forget(driver)
        raise
    if run.problems:
        errors = driver.errors()
        drivers.forget(driver)
        pytest.fail("\n".join([f"{language.name}: {scenario.title}", *run.problems, errors]), pytrace=False)
