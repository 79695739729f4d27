# SPDX-License-Identifier: Apache-2.0
"""The library's log lines come to logging.getLogger("tpc") at the calls that a program makes anyway."""

import logging
import subprocess
import sys
import time

import pytest
import tpc
import tpc._logs

HREF = "https://example.com/"
PATIENCE = 60
REQUEST = {"method": "GET", "host": "example.com", "target": "/", "status": 200}


@pytest.fixture
def refused(client, collector, caplog):
    """A client whose key is wrong, once the library has found out and logged it."""
    caplog.set_level(logging.DEBUG, logger="tpc")
    collector.mode({"status": 401})
    sender = client(log_level="debug")
    # What other tests left.
    tpc._logs.forward(sender._take_line)
    caplog.clear()
    sender.track(href=HREF)
    kept(sender)
    return sender


def kept(client):
    """Waits until the library keeps a line."""
    end = time.monotonic() + PATIENCE
    while not client._take_line(*tpc._logs.PEEK):
        assert time.monotonic() < end, "no line came"


def lines(caplog):
    return [(record.name, record.levelname, record.getMessage()) for record in caplog.records]


CALLS = {
    "track": lambda client: client.track(href=HREF),
    "track_json": lambda client: client.track_json('{"event": "page_visit", "page": {"href": "https://example.com/"}}'),
    "track_request": lambda client: client.track_request(REQUEST),
    "a request that is left out": lambda client: client.track_request({**REQUEST, "method": "POST"}),
    "stats": lambda client: client.stats(),
    "flush": lambda client: client.flush(0),
    "close": lambda client: client.close(0),
}


@pytest.mark.parametrize("call", CALLS)
def test_each_call_brings_the_lines_with_their_levels(refused, caplog, call):
    assert lines(caplog) == []
    CALLS[call](refused)
    found = lines(caplog)
    assert {name for name, _, _ in found} == {"tpc"}
    assert any(level in ("WARNING", "ERROR") and "401" in text for _, level, text in found), found
    assert not any(text.startswith(("warn", "error")) for _, _, text in found)


def test_nothing_of_it_is_written_to_descriptor_2(refused, capfd):
    refused.stats()
    assert capfd.readouterr().err == ""


def test_a_filter_that_raises_and_a_handler_that_tracks_reach_nobody(refused, caplog):
    def failing(record):
        raise LookupError("of the application")

    class Tracking(logging.Handler):
        def emit(self, record):
            refused.track(href=HREF)

    logger, handler = logging.getLogger("tpc"), Tracking()
    logger.addHandler(handler)
    logger.addFilter(failing)
    try:
        refused.track(href=HREF)
        logger.removeFilter(failing)
        refused.track(href=HREF)
    finally:
        logger.removeFilter(failing)
        logger.removeHandler(handler)


PROGRAM = """
import logging, sys, tpc
logging.basicConfig(format="LOGGED %(levelname)s %(name)s %(message)s", stream=sys.stdout)
client = tpc.Client()
client.track(href="https://example.com/")
wait(client)
"""
KEPT = "def wait(client):\n    while not client._take_line(*tpc._logs.PEEK): pass\n"
# The line about a failed request is written after the request is counted, and surely before the next one is made.
WRITTEN = "def wait(client):\n    while client.stats().failed_requests < 2: pass\n"


def test_what_no_call_brought_is_logged_when_python_ends(environment, collector):
    collector.mode({"status": 401})
    quick = {**environment, "TPC_EXIT_TIMEOUT_MS": "0"}
    done = subprocess.run([sys.executable, "-c", KEPT + PROGRAM], env=quick, capture_output=True, text=True, timeout=PATIENCE)
    # What comes after that, such as the number of events that are left, is written there.
    assert done.returncode == 0 and "401" not in done.stderr
    assert done.stdout.startswith("LOGGED WARNING tpc ") or done.stdout.startswith("LOGGED ERROR tpc ")


def test_a_descriptor_that_is_given_gets_the_lines_instead(environment, collector):
    collector.mode({"status": 401})
    chosen = {**environment, "TPC_LOG_DESCRIPTOR": "2", "TPC_EXIT_TIMEOUT_MS": "0", "TPC_RETRY_INITIAL_MS": "1"}
    done = subprocess.run([sys.executable, "-c", WRITTEN + PROGRAM], env=chosen, capture_output=True, text=True, timeout=PATIENCE)
    assert "401" in done.stderr and "LOGGED" not in done.stdout
