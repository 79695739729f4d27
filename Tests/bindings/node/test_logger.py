# SPDX-License-Identifier: Apache-2.0
"""The library's log lines: where the application logs, and never in its way."""

import pytest
from support.servers.fault_server import FaultServer, Reply

LINE = "the endpoint answers HTTP 401"
WARNING = f"TpcWarning: {LINE}"


@pytest.fixture(scope="module")
def refusing():
    with FaultServer(lambda _: Reply(401)) as server:
        yield server


def output_of(project, refusing, way, *flags, **variables):
    environment = project.environment(refusing, TPC_EXIT_TIMEOUT_MS="0", **variables)
    output = project.run(*flags, "logger.mjs", way, environment=environment, code=5)
    assert output.count("alive\n") == 1
    return output


def test_a_line_becomes_a_process_warning(project, refusing):
    assert output_of(project, refusing, "as usual").count(WARNING) == 1


@pytest.mark.parametrize("way", ["a timer", "flush", "close"])
def test_a_line_comes_with_whatever_the_program_does_next(project_20, refusing, way):
    assert WARNING in output_of(project_20, refusing, way)


def test_a_line_comes_before_the_process_exits(project_20, refusing):
    assert WARNING in output_of(project_20, refusing, "exit")


def test_a_line_about_the_options_comes_when_the_client_is_made(project_20, refusing):
    output = output_of(project_20, refusing, "as usual", TPC_TRUSTED_PROXY="private")
    assert output.index("did you mean TPC_TRUSTED_PROXIES") < output.index(LINE)


def test_a_logger_gets_the_lines_in_place_of_process_warnings(project, refusing):
    output = output_of(project, refusing, "a logger")
    assert output.count(f"error: tpc: {LINE}") == 1
    assert "TpcWarning" not in output


@pytest.mark.parametrize("way", ["a logger that throws", "a logger that rejects", "a listener that throws"])
def test_a_logger_or_listener_that_fails_does_not_reach_the_application(project_20, refusing, way):
    assert "Error: full disk" not in output_of(project_20, refusing, way)


def test_a_logger_may_use_the_client(project_20, refusing):
    assert output_of(project_20, refusing, "a logger that tracks").count(LINE) == 1


@pytest.mark.parametrize(("flag", "count"), [("--throw-deprecation", 1), ("--trace-warnings", 1), ("--no-warnings", 0)])
def test_node_s_flags_for_warnings_count(project_20, refusing, flag, count):
    assert output_of(project_20, refusing, "as usual", flag).count(WARNING) == count


def test_a_descriptor_that_is_chosen_gets_the_lines(project_20, refusing):
    output = output_of(project_20, refusing, "as usual", TPC_LOG_DESCRIPTOR="2")
    assert f"tpc: error: {LINE}" in output
    assert "TpcWarning" not in output


def test_who_asks_for_many_lines_without_a_logger_has_them_written(project_20, refusing):
    assert f"tpc: error: {LINE}" in output_of(project_20, refusing, "as usual", TPC_LOG_LEVEL="debug")


def test_a_test_runner_that_loads_the_package_anew_adds_no_listeners(project_20):
    program = """
        for (let round = 0; round < 30; round++) {
          for (const name of Object.keys(require.cache)) if (name.includes('tpc-events')) delete require.cache[name];
          delete globalThis[Symbol.for('tpc-events.log')]; // each of vitest's and jest's test files has global objects of its own
          new (require('tpc-events').Client)({ apiKey: 'key', dryRun: true }).close(0);
        }
        console.log(process.listenerCount('exit'));
    """
    assert project_20.run("-e", program) == "1\n"
