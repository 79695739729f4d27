# SPDX-License-Identifier: Apache-2.0
"""Carries out the calls of the scenarios with the Python package: one JSON object per line in, one per line out."""

import json
import logging
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "bindings" / "python"))

import tpc  # noqa: E402

client = None
lines = []


class Lines(logging.Handler):
    """Collects what comes to the logger `tpc`."""

    def emit(self, record):
        level = "warn" if record.levelno == logging.WARNING else record.levelname.lower()
        lines.append(f"{level}: {record.getMessage()}")


def open_client(options, environment=True):
    """A client as a program makes it. Without the environment means with an environment that sets no option."""
    global client
    if options.get("log_descriptor") == -1:
        logging.basicConfig(handlers=[Lines()], level=logging.DEBUG)
    kept = dict(os.environ)
    if not environment:
        for name in kept:
            if name.startswith(("TPC_", "THE_PROMPTING_COMPANY_")) and name != "TPC_LIBRARY":
                del os.environ[name]
    try:
        client = tpc.Client(**options)
    finally:
        os.environ.update(kept)
    return {}


def release():
    global client
    client = None
    return {}


def log():
    taken = lines[:]
    lines.clear()
    return {"log": taken}


def agent_of(user_agent):
    agent = tpc.ai_agent(user_agent)
    return {"agent": agent and agent._asdict()}


def answer_of(referrer, href):
    answer = tpc.ai_answer(referrer, href)
    return {"answer": answer and answer._asdict()}


CALLS = {
    "open": open_client,
    "track": lambda event: client.track(event) or {},
    "track_json": lambda text: client.track_json(text) or {},
    "track_request": lambda request: {"left_out": client.track_request(request)},
    "ai_agent": agent_of,
    "ai_answer": answer_of,
    "flush": lambda timeout_ms: {"pending": client.flush(timeout_ms / 1000)},
    "close": lambda timeout_ms: {"undelivered": client.close(timeout_ms / 1000)},
    "release": release,
    "log": log,
    "stats": lambda: {"stats": client.stats()._asdict()},
    "reports": lambda: {"reports": [report._asdict() for report in client.reports()]},
}

for line in sys.stdin:
    arguments = json.loads(line)
    try:
        answer = {"ok": True, **CALLS[arguments.pop("call")](**arguments)}
    except tpc.Error as error:
        answer = {"error": {"code": error.code, "field": error.field, "message": error.message}}
    print(json.dumps(answer), flush=True)
