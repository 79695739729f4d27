# SPDX-License-Identifier: Apache-2.0
"""What a client of Node says about its options."""


def test_options_that_are_not_right_are_named(project):
    output = project.run("--test", "options.test.mjs")
    assert "# pass 5" in output or "ℹ pass 5" in output, output
