"""Credentials and visitors' data stay out of every log and every error."""

import json
import os
import threading

import pytest
from support.library import TPCError
from support.objects import Client, Options
from support.servers.fault_server import BODY, FaultServer, Raw, Reply, Reset
from support.servers.full_backlog import FullBacklog
from support.servers.proxy import Proxy

from .option_table import COOKIE, CREDENTIALS, OPTIONS, SECRET, refused

MARKER = "Zq7Marker"
SECRETS = {name: f"{MARKER}-{name}" for name in CREDENTIALS}
VISIT = {
    "event": "page_visit",
    "eventId": f"{MARKER}-event",
    "sessionId": f"{MARKER}-session",
    "page": {"href": f"https://example.com/{MARKER}?q={MARKER}", "title": MARKER},
    "request": {"clientIp": "203.0.113.77", "userAgent": MARKER},
    "properties": {MARKER: MARKER},
}
# A server may say the credential back to whoever sent it.
ECHO = {"ok": False, "code": MARKER, "message": MARKER, "details": MARKER}


# Answers are repeated until the client says something about them: a failure counts from the fifth in a row on.
TIMES = 8


class LogReader:
    """A pipe whose writing end is a client's log, read while the client runs."""

    def __enter__(self):
        self._reading, self.descriptor = os.pipe()
        self._text, self._changed = b"", threading.Condition()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        return self

    def _read(self):
        while data := os.read(self._reading, 65536):
            with self._changed:
                self._text += data
                self._changed.notify_all()

    def wait(self):
        """Waits for the first line."""
        with self._changed:
            assert self._changed.wait_for(lambda: b"\n" in self._text, timeout=60), "nothing was logged"

    def text(self):
        """Everything that was logged; nothing can be logged afterwards."""
        os.close(self.descriptor)
        self._thread.join()
        self.descriptor = None
        return self._text.decode()

    def __exit__(self, kind, error, traceback):
        if self.descriptor is not None:
            self.text()
        os.close(self._reading)


def logging_client(log, level, **options):
    return Client(
        log_level=level, log_descriptor=log.descriptor, retry_initial_ms=1, retry_max_ms=1,
        organization_id=f"{MARKER}-organization", **{**SECRETS, **options},
    )  # fmt: skip


def log_of(action, level="debug"):
    """What a client logs while the server does this to its first requests and then answers as it should."""
    with FaultServer([action] * TIMES) as server, LogReader() as log:
        with logging_client(log, level, base_url=server.url) as client:
            for _ in range(TIMES):
                client.track_json(json.dumps(VISIT))
            with pytest.raises(TPCError):
                client.track_json(f'{{"event":"{MARKER}"}}')
            client.flush()
            assert client.close() == 0
        return log.text()


def assert_tells_no_secret(text):
    assert MARKER.lower() not in text.lower() and "203.0.113" not in text
    assert all(line.startswith("tpc: ") for line in text.splitlines())


ANSWERS = {
    "200": Reply(200),
    **{
        str(status): Reply(status, body=json.dumps(ECHO).encode(), headers={"Location": f"http://{MARKER}/"})
        for status in (301, 400, 401, 403, 404, 407, 422, 429, 500, 503)
    },
    "reset": Reset(BODY),
    "not http": Raw(MARKER.encode()),
    "not json": Reply(200, body=MARKER.encode()),
}
SILENT = {"200", "400", "422", "not json"}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_log_at_debug_shows_neither_credential_nor_visitor(answer):
    text = log_of(ANSWERS[answer])
    assert_tells_no_secret(text)
    # A log without lines cannot show anything.
    assert bool(text) is (answer not in SILENT)


def test_a_log_about_a_refusing_proxy_shows_no_password():
    with Proxy(credential="user:other") as proxy, LogReader() as log:
        address = proxy.url.replace("http://", f"http://user:{MARKER}@")
        with logging_client(log, "debug", base_url="http://127.0.0.1:9", proxy=address) as client:
            client.track_json(json.dumps(VISIT))
            log.wait()
            assert client.close(0) == 1
        assert_tells_no_secret(log.text())


def test_a_log_about_a_host_that_cannot_be_reached_shows_nothing_of_it():
    with FullBacklog() as host, LogReader() as log:
        url = f"{host.url}/{MARKER}"
        with logging_client(log, "debug", base_url=url, connect_timeout_ms=10) as client:
            client.track_json(json.dumps(VISIT))
            log.wait()
            assert client.close(0) == 1
        assert_tells_no_secret(log.text())


@pytest.mark.parametrize(
    ("answer", "level", "words"),
    [
        ("401", "off", []),
        ("401", "error", ["error: the endpoint answers HTTP 401"]),
        ("401", "info", ["error: the endpoint answers HTTP 401", "info: the endpoint takes events again"]),
        ("503", "error", []),
        ("503", "warn", ["warn: the endpoint answers HTTP 503"]),
        ("503", "debug", ["warn: the endpoint answers HTTP 503", "info: the endpoint takes events again"]),
        ("200", "debug", []),
    ],
)
def test_the_level_decides_what_is_logged(answer, level, words):
    text = log_of(ANSWERS[answer], level)
    assert all(word in text for word in words)
    assert bool(text) is bool(words)
    assert ("info: " in text) is any(word.startswith("info") for word in words)


def test_a_log_that_nobody_reads_holds_nothing_up():
    reading, writing = os.pipe()
    try:
        os.set_blocking(writing, False)
        with pytest.raises(BlockingIOError):
            while True:
                os.write(writing, b"x" * 65536)
        os.set_blocking(writing, True)
        with FaultServer([Reply(401)]) as server:
            with Client(
                base_url=server.url, api_key="x", log_descriptor=writing, retry_initial_ms=1, retry_max_ms=1
            ) as client:
                client.track_json(json.dumps(VISIT))
                assert client.close() == 0
    finally:
        os.close(reading)
        os.close(writing)


# ---- Errors ----


def assert_says_nothing_of_it(error):
    assert MARKER.lower().encode() not in bytes(error.record).lower()


@pytest.mark.parametrize("option", OPTIONS, ids=str)
def test_no_error_of_an_option_holds_the_value(option, monkeypatch):
    values = [
        MARKER + (value.decode("latin-1") if isinstance(value, bytes) else str(value)) for value in refused(option)[0]
    ]
    with Options() as options:
        for value in values:
            try:
                options.set(option.name, value)
            except TPCError as error:
                assert_says_nothing_of_it(error)
            if "\0" in value:
                continue
            monkeypatch.setenv(option.environment, value)
            try:
                options.load_environment()
            except TPCError as error:
                assert_says_nothing_of_it(error)


@pytest.mark.parametrize(
    "values",
    [
        {"base_url": f"https://user:{MARKER}@example.com"},
        {"base_url": f"http://{MARKER}.example"},
        {"base_url": f"https://example.com?key={MARKER}"},
        {"base_url": MARKER},
        {"proxy": f"socks5://user:{MARKER}@host"},
        {"proxy": f"http://user:{MARKER}@ho st"},
        {"proxy": MARKER},
        {"ca_file": f"/nowhere/{MARKER}"},
    ],
)
def test_no_error_of_a_client_holds_a_value(values):
    with pytest.raises(TPCError) as refused_client:
        Client(**SECRETS, **values)
    assert refused_client.value.name == "TPC_ERROR_INVALID_OPTION"
    assert_says_nothing_of_it(refused_client.value)


def test_the_secret_options_are_the_credentials_and_the_proxy():
    assert {option.name for option in OPTIONS if option.kind in (SECRET, COOKIE)} == {*CREDENTIALS, "proxy"}
