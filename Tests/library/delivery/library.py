"""A client, through ctypes, that accounts for what it was given."""

import ctypes
import os
import pathlib
import select
import time
from dataclasses import dataclass

from support.header import DECLARATIONS
from support.library import load

ROOT = pathlib.Path(__file__).resolve().parents[3]
FILE = pathlib.Path(os.environ.get("TPC_LIBRARY") or ROOT / "build/lib/libtpc.so").resolve()
# Seconds. Long enough for any machine: only a test that fails waits for it, so a rig whose tests have to fail may ask for less.
PATIENCE = int(os.environ.get("DELIVERY_TEST_PATIENCE") or 60)

OK, INVALID_ARGUMENT, INVALID_OPTION, INVALID_EVENT, INVALID_JSON = 0, -1, -2, -3, -4
TOO_LARGE, QUEUE_FULL, CLOSED, TIMEOUT = -5, -6, -7, -8
DELIVERED, REJECTED, EXPIRED, ABANDONED, SPOOLED = 1, 2, 3, 4, 5


Error, Stats = DECLARATIONS.structs["tpc_error"], DECLARATIONS.structs["tpc_stats"]


@dataclass
class Report:
    outcome: int
    event_id: str
    http_status: int
    attempts: int
    code: str
    message: str
    details: str
    received_at: str


tpc = load(FILE)


class Refused(Exception):
    """A call was answered with an error: its status, field and message."""

    def __init__(self, status, error):
        self.status = status
        self.field, self.message = error.field.decode(), error.message.decode()
        super().__init__(f"{status} {self.field}: {self.message}")


class Client:
    """A tpc_client, closed at the end of its `with` block without waiting.

    The defaults differ from the library's where a test would otherwise wait: retries come after milliseconds.
    """

    def __init__(self, url, shared=False, **options):
        options = {
            "base_url": url,
            "api_key": "key-for-the-test",
            "retry_initial_ms": 1,
            "retry_max_ms": 20,
            "report_capacity": 100_000,
            "log_level": "off",
            **options,
        }
        error, handle, made = Error(), ctypes.c_void_p(), tpc.tpc_options_new()
        try:
            for name, value in options.items():
                if value is not None:
                    name, value = name.encode(), str(value).encode()
                    _check(tpc.tpc_options_set(made, name, len(name), value, len(value), ctypes.byref(error)), error)
            make = tpc.tpc_client_shared if shared else tpc.tpc_client_new
            _check(make(made, ctypes.byref(handle), ctypes.byref(error)), error)
        finally:
            tpc.tpc_options_free(made)
        self.token = handle.value

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        tpc.tpc_client_close(self.token, 0, None)

    def try_track(self, text):
        """Tracks an event's JSON text; returns the status."""
        return tpc.tpc_client_track_json(self.token, text, len(text), None)

    def track(self, *identifiers):
        """Tracks an event of each id. Raises Refused."""
        error = Error()
        for identifier in identifiers:
            text = event(identifier)
            _check(tpc.tpc_client_track_json(self.token, text, len(text), ctypes.byref(error)), error)

    def flush(self, milliseconds=PATIENCE * 1000):
        """The status, and how many events are pending."""
        pending = ctypes.c_size_t(999)
        return tpc.tpc_client_flush(self.token, milliseconds, ctypes.byref(pending)), pending.value

    def close(self, milliseconds=PATIENCE * 1000):
        """The status, and how many events were not delivered because of it."""
        undelivered = ctypes.c_size_t(999)
        return tpc.tpc_client_close(self.token, milliseconds, ctypes.byref(undelivered)), undelivered.value

    def stats(self):
        stats = Stats()
        _check(tpc.tpc_client_stats(self.token, ctypes.byref(stats), ctypes.sizeof(stats)), Error())
        ended = stats.delivered + stats.rejected + stats.expired + stats.abandoned + stats.spooled
        assert stats.accepted + stats.adopted == ended + stats.pending, _told(stats)
        return stats

    def poll(self, milliseconds=0):
        """A report, or None. Raises Refused."""
        handle = ctypes.c_void_p()
        _check(tpc.tpc_client_poll(self.token, milliseconds, ctypes.byref(handle)), Error())
        if not handle:
            return None
        try:
            texts = {
                name: getattr(tpc, f"tpc_report_{name}")(handle).decode()
                for name in ("event_id", "code", "message", "details", "received_at")
            }
            return Report(
                outcome=tpc.tpc_report_outcome(handle),
                http_status=tpc.tpc_report_http_status(handle),
                attempts=tpc.tpc_report_attempts(handle),
                **texts,
            )
        finally:
            tpc.tpc_report_free(handle)

    def report(self):
        """The next report, waited for."""
        report = self.poll(PATIENCE * 1000)
        assert report is not None, "no report came"
        return report

    def reports(self, count):
        """Exactly `count` reports. When they are all there ever were, the counters agree with them."""
        found = [self.report() for _ in range(count)]
        assert self.poll() is None
        stats = self.stats()
        counted = (stats.delivered, stats.rejected, stats.expired, stats.abandoned)
        told = tuple(sum(report.outcome == outcome for report in found) for outcome in (1, 2, 3, 4))
        assert told == counted or count < sum(counted)
        return found

    def wait_for(self, condition):
        """Waits until the statistics meet a condition, and returns them. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE
        while not condition(stats := self.stats()):
            if time.monotonic() > deadline:
                raise TimeoutError(_told(stats))
            time.sleep(0.001)
        return stats

    def descriptor(self):
        return tpc.tpc_client_report_descriptor(self.token)


def event(identifier, **members):
    """An event's JSON text."""
    extra = "".join(f',"{name}":"{value}"' for name, value in members.items())
    return f'{{"event":"page_visit","eventId":"{identifier}","page":{{"href":"https://example.com/"}}{extra}}}'.encode()


def _told(stats):
    return {name: getattr(stats, name) for name, _ in Stats._fields_}


def is_readable(descriptor):
    return bool(select.select([descriptor], [], [], 0)[0])


def _check(status, error):
    if status != OK:
        raise Refused(status, error)
