# SPDX-License-Identifier: Apache-2.0
"""Middleware that is put into the wrong framework, or made with wrong options: programs/misuse.test.mjs."""

from . import nodes


def test_a_mistake_is_an_error_when_it_is_made_or_else_a_warning_and_never_a_page(project_20):
    print(project_20.run("--test", "misuse.test.mjs", environment=project_20.environment(NODE_PATH=nodes.DEBIAN_MODULES)))
