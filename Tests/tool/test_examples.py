# SPDX-License-Identifier: Apache-2.0
"""The programs and the log in examples/, run as a user runs them."""

import os
import re
import subprocess
import sys

import pytest

import languages
from support import swift_programs
from support.paths import BUILD, ROOT
from tool.command import SECONDS, clean_environment

EXAMPLES = ROOT / "examples"
LOG = EXAMPLES / "access.log"


def run(command, environment=None, seconds=SECONDS):
    """Runs a program to its end; a failure shows its output."""
    result = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True, timeout=seconds)
    return result.returncode, result.stdout, result.stderr


def test_the_sample_log_is_what_its_generator_writes():
    assert run([sys.executable, EXAMPLES / "make_access_log.py"]) == (0, LOG.read_text(), "")


def test_the_sample_log_has_addresses_for_documentation_only():
    addresses = {line.split()[0] for line in LOG.read_text().splitlines() if " - - " in line}
    assert len(addresses) > 100
    for address in addresses:
        assert re.match(r"192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:db8:", address), address


def test_the_sample_log_shows_what_a_log_has(tool):
    rows = tool.run("replay", LOG, "--site", "https://docs.example.com", "--dry-run").summary
    assert 1900 <= rows["lines"] <= 2100
    for name in ("page visits", "assets", "redirects", "errors", "not GET or HEAD", "no HTTP request", "unreadable", "URLs repaired"):
        assert rows[name] > 0, name


@pytest.fixture
def environment(collector):
    return clean_environment() | {"TPC_API_KEY": "key-of-the-test", "THE_PROMPTING_COMPANY_BASE_URL": collector.url}


def test_the_c_example_compiles_without_warning_and_sends_its_event(collector, environment, tmp_path):
    library = BUILD / "lib"
    program = tmp_path / "page_visit"
    flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'include'}"]
    command = [*os.environ.get("CC", "cc").split(), *flags, "-o", program, EXAMPLES / "page_visit.c"]
    assert run([*command, f"-L{library}", f"-Wl,-rpath,{library}", "-ltpc"]) == (0, "", "")
    assert run([program], environment) == (0, "one page visit was delivered\n", "")
    [record] = collector.good()
    assert record["event"]["page"]["href"] == "https://docs.example.com/quickstart"


def test_the_c_example_says_what_is_missing(environment, tmp_path):
    del environment["TPC_API_KEY"]
    library = BUILD / "lib"
    program = tmp_path / "page_visit"
    run(["cc", f"-I{ROOT / 'include'}", "-o", program, EXAMPLES / "page_visit.c", f"-L{library}", f"-Wl,-rpath,{library}", "-ltpc"])
    code, output, errors = run([program], environment)
    assert (code, output) == (1, "")
    assert errors.startswith("TPC_ERROR_INVALID_OPTION: api_key: no credential is set")


@pytest.mark.parametrize("language", ["c", "python", "node", "php"])
def test_the_example_of_each_language_sends_its_event_with_the_package_that_was_built(collector, environment, tmp_path, language):
    program = getattr(languages, language)(BUILD, tmp_path)
    assert program.run(environment, capture_output=True, text=True).stdout == "one page visit was delivered\n"
    [record] = collector.good()
    event = record["event"]
    assert (event["page"]["href"], event["properties"]) == ("https://docs.example.com/quickstart", {"status": 200})
    assert event["sdk"]["runtime"].partition("/")[0] == language


def test_the_swift_example_builds_against_the_package_and_sends_its_event(collector, environment):
    program = swift_programs.built(EXAMPLES / "swift", "page-visit")
    code, output, errors = run([program], environment)
    [record] = collector.good()
    assert (code, output) == (0, f"delivered: HTTP 200, event {record['event']['eventId']}\n")
    del environment["TPC_API_KEY"]
    code, output, errors = run([program], environment)
    assert code == 1
    assert output.startswith("api_key: no credential is set")


@pytest.fixture
def demo():
    def start(*arguments):
        return run([sys.executable, EXAMPLES / "demo.py", "--build", BUILD, *arguments], clean_environment())

    return start


def test_the_demo_shows_what_the_collector_received(demo):
    code, output, errors = demo("--port", "0")
    assert code == 0, output + errors
    taken = re.search(r"([\d,]+) events accepted, ([\d,]+) distinct, 0 refused", output)
    delivered = re.search(r"^  delivered +([\d,]+)$", output, re.MULTILINE)
    number = int(delivered[1].replace(",", ""))
    assert taken[1] == taken[2] == f"{number + 4:,}"
    for name in ("/quickstart", "GPTBot", "ClaudeBot", "PerplexityBot", "ChatGPT-User", "Googlebot", "ChatGPT"):
        assert re.search(rf"^   {re.escape(name)} +[\d,]+  (█|#)", output, re.MULTILINE), name
    for runtime in ("libtpc (c)", "tpc-events (python/", "tpc-events (node/", "tpc-events (php/"):
        assert re.search(rf"^   {re.escape(runtime)}\S* +1  (█|#)", output, re.MULTILINE), runtime
    assert "Refusals: none" in output
    assert "\x1b" not in output
    assert max(len(line) for line in output.splitlines()) <= 100


def test_the_demo_replays_another_log(demo, tmp_path):
    log = tmp_path / "own.log"
    log.write_text('192.0.2.1 - - [23/Nov/2026:10:00:00 +0000] "GET /own HTTP/1.1" 200 1\n')
    code, output, errors = demo("--port", "0", "--log", log, "--site", "https://own.example")
    assert code == 0, output + errors
    assert re.search(r"^   /own ", output, re.MULTILINE)


def test_the_demo_says_that_its_port_is_taken_and_how_to_pick_another(demo, collector):
    code, _, errors = demo("--port", str(collector.port))
    assert code == 1
    assert f"port {collector.port} is taken" in errors
    assert f"make demo PORT={collector.port + 1}" in errors


def test_the_demo_says_that_nothing_is_built(tmp_path):
    code, _, errors = run([sys.executable, EXAMPLES / "demo.py", "--port", "0", "--build", tmp_path], clean_environment())
    assert code == 1
    assert "run make first" in errors
    assert "Traceback" not in errors
