# SPDX-License-Identifier: Apache-2.0
"""tpc-events/testing: an application's own tests, under node:test."""

import pytest
from support.servers.fault_server import FaultServer


def test_an_application_s_own_tests_see_its_visits(project):
    output = project.run("--test", "testing.test.mjs")
    assert "# pass 9" in output or "ℹ pass 9" in output, output


def test_nothing_is_sent_while_a_test_captures_and_what_follows_is(project_20):
    program = """
        const { capture } = require('tpc-events/testing'), { Client } = require('tpc-events');
        const client = new Client(), visit = (name) => ({ page: { href: 'https://example.com/' + name } });
        capture(() => client.track(visit('captured'))).then(() => client.track(visit('sent'))).then(() => client.close(20000));
    """
    with FaultServer() as server:
        project_20.run("-e", program, environment=project_20.environment(server))
        [request] = server.requests
    assert b"/sent" in request.body
    assert b"/captured" not in request.body


@pytest.mark.parametrize("loads", [True, False])
def test_a_client_needs_a_key_until_the_module_is_loaded(project_20, loads):
    program = "require('tpc-events/testing');" if loads else ""
    program += "try { new (require('tpc-events').Client)(); console.log('made') } catch (error) { console.log(error.field) }"
    assert project_20.run("-e", program) == ("made\n" if loads else "apiKey\n")
