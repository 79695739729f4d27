# SPDX-License-Identifier: Apache-2.0
"""The client as JavaScript sees it: programs/client.test.mjs under each Node."""


def test_the_client_behaves_as_its_types_say(project, collector):
    print(project.run("--test", "client.test.mjs", collector=collector))
