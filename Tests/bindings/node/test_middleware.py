# SPDX-License-Identifier: Apache-2.0
"""The modules for node:http and the frameworks: programs/middleware.test.mjs under each Node."""


def test_middleware_records_what_is_a_page_and_leaves_the_application_alone(project, collector):
    print(project.run("--test", "middleware.test.mjs", collector=collector))
