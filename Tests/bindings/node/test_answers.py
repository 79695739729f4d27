# SPDX-License-Identifier: Apache-2.0
"""What counts as answered, by the table that all bindings share: programs/answers.test.mjs under each Node."""

import pathlib

from . import nodes

ANSWERED = pathlib.Path(__file__).resolve().parents[1] / "answered.json"


def test_a_visit_is_what_was_sent_whatever_serves_it(project):
    environment = project.environment(ANSWERED=str(ANSWERED), NODE_PATH=nodes.DEBIAN_MODULES)
    print(project.run("--test", "answers.test.mjs", environment=environment))
