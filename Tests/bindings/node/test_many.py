# SPDX-License-Identifier: Apache-2.0
"""Clients that nobody closes, and many who wait for one: programs/many.test.mjs under each Node."""


def test_what_nobody_closes_or_many_wait_for_takes_no_more_than_one_would(project):
    print(project.run("--expose-gc", "--test-reporter=tap", "many.test.mjs", environment=project.environment()))
