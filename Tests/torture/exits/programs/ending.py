# SPDX-License-Identifier: Apache-2.0
"""Ends in the way that its first argument names, with 20 events tracked: what ending.c does, in Python."""

import multiprocessing
import os
import signal
import sys
import threading
import time

import tpc

client = tpc.Client(report_capacity=100)
for number in range(20):
    client.track(href="https://example.com/", event_id=f"end-{number}")
print("tracked", flush=True)


def wait_for_signal(handler):
    signal.signal(signal.SIGTERM, handler)
    print("waiting", flush=True)
    while True:
        time.sleep(1)


def start(work):
    threading.Thread(target=work, daemon=True).start()


def poll_for_ever():
    while True:
        for _ in client.reports():
            pass


def flush_for_ever():
    while True:
        client.flush(600)


def track_for_ever():
    while True:
        try:
            client.track(href="https://example.com/")
        except tpc.QueueFull:
            pass


def by_an_exception():
    raise LookupError("a fault of the application")


def by_an_exception_in_a_thread():
    """Which ends that thread alone."""
    thread = threading.Thread(target=by_an_exception)
    thread.start()
    thread.join()
    sys.exit(7)


def by_exit_with_reports_pending():
    """Nobody ever takes them."""
    client.flush(0.2)
    sys.exit(7)


def by_exit_beside_busy_threads():
    """They are inside the library when the interpreter ends."""
    for work in (poll_for_ever, flush_for_ever, flush_for_ever):
        start(work)
    sys.exit(7)


def by_exit_beside_threads_that_track():
    start(track_for_ever)
    start(track_for_ever)
    sys.exit(7)


def by_exit_after_a_process():
    process = multiprocessing.get_context("fork").Process(target=client.stats)
    process.start()
    process.join()
    sys.exit(7 + process.exitcode)


def by_close_without_time():
    print("undelivered:", client.close(0))
    sys.exit(7)


WAYS = {
    "by_return": lambda: None,
    "by_exit": lambda: sys.exit(7),
    "by__exit": lambda: os._exit(7),
    "by_abort": os.abort,
    "by_kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "by_sigint": lambda: os.kill(os.getpid(), signal.SIGINT) or time.sleep(60),
    "by_sigterm": lambda: wait_for_signal(signal.SIG_DFL),
    "by_exit_in_a_handler_of_sigterm": lambda: wait_for_signal(lambda *_: sys.exit(7)),
    "by_exec": lambda: os.execvp("sh", ["sh", "-c", "exit 7"]),
}
way = sys.argv[1]
(WAYS.get(way) or globals()[way])()
