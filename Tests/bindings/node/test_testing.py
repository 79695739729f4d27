# SPDX-License-Identifier: Apache-2.0
"""tpc-events/testing: an application's own tests, under node:test."""

import re

import pytest
from support.paths import ROOT
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


def test_the_page_about_tests_of_one_s_own_shows_one_that_passes(project_20):
    page = (ROOT / "docs" / "testing-your-tracking.md").read_text(encoding="utf-8")
    [code] = re.findall(r"<!-- test: nodetest -->\n```js\n(.*?)```", page, flags=re.DOTALL)
    (project_20.folder / "page.test.mjs").write_text(code, encoding="utf-8")
    output = project_20.run("--test", "page.test.mjs")
    assert "# pass 1" in output and "# fail 0" in output, output
