# SPDX-License-Identifier: Apache-2.0
"""The modules for node:http and the frameworks: programs/middleware.test.mjs under each Node."""

from . import nodes


def test_middleware_records_what_is_a_page_and_leaves_the_application_alone(project, collector):
    environment = project.environment(collector, NODE_PATH=nodes.DEBIAN_MODULES)
    print(project.run("--test", "middleware.test.mjs", environment=environment))
