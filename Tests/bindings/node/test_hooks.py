# SPDX-License-Identifier: Apache-2.0
"""The hooks of the middleware: programs/hooks.test.mjs under each Node, where every second fault would end the process."""

import pathlib

from . import nodes

ADDITIONS = pathlib.Path(__file__).resolve().parents[1] / "additions.json"


def test_nothing_that_a_hook_does_reaches_the_application(project):
    environment = project.environment(ADDITIONS=str(ADDITIONS), NODE_PATH=nodes.DEBIAN_MODULES, NODE_OPTIONS="--throw-deprecation")
    print(project.run("--test", "hooks.test.mjs", environment=environment))
