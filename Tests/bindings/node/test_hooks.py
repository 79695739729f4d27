# SPDX-License-Identifier: Apache-2.0
"""The hooks of the middleware: programs/hooks.test.mjs under each Node, where every second fault would end the process."""

from support import paths

from . import nodes


def test_nothing_that_a_hook_does_reaches_the_application(project):
    odd = (paths.ROOT / "Tests/bindings/odd_additions.json").read_text(encoding="utf-8")
    environment = project.environment(NODE_PATH=nodes.DEBIAN_MODULES, NODE_OPTIONS="--throw-deprecation", ODD_ADDITIONS=odd)
    print(project.run("--test", "hooks.test.mjs", environment=environment))
