"""What one event costs a Python program: 13 fields and 3 properties as keywords of track(), while the server hangs.

    python benchmarks/bindings/python_enqueue.py [-n EVENTS] [-r ROUNDS] [-u URL]

A clock is read around every event, and nothing is subtracted. PostHog's and Segment's clients, as far as they are installed,
enqueue a comparable event in the same run, with the same server and their defaults but for a queue that has the room. Prints
one JSON object. Without -u it is its own hung server: it listens and never answers.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import socket
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings" / "python"))
os.environ.setdefault("TPC_LIBRARY", str(ROOT / "build" / "lib" / "libtpc.so.0"))

import tpc  # noqa: E402

SITE = "https://docs.example.com"
AGENT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"
PAGES = (
    ("/guides/quickstart", "?step=2", "Quickstart: install and send a request"),
    ("/guides/webhooks", "?page=31", "Webhooks: receive what happened, in order"),
    ("/reference/errors", "?code=9", "Errors: what each of the codes stands for"),
    ("/pricing/calculator", "?n=25", "Pricing: what a month of use will cost"),
)


def visit(number):
    """The values that a host has when a page is visited."""
    path, query, title = PAGES[number % 4]
    seconds, milliseconds = divmod(number, 1000)
    occurred_at = f"2026-03-02T09:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}Z"
    return occurred_at, f"0195565c-7d3a-7b1e-9c4f-{number:012x}", SITE + path + query, path, title, SITE + path


class Ours:
    """This package, with a first request under way that is never answered."""

    distribution = "tpc-events"

    def __init__(self, url, room):
        self.client = tpc.Client(
            base_url=url, api_key="tpc_benchmark_0123456789abcdef0123456789abcdef", log_level="off", queue_max_events=room,
            queue_max_bytes=room * 2048 + 4096, request_timeout_ms=600000,
        )  # fmt: skip
        self.client.track(href=SITE)
        deadline = time.monotonic() + 5
        while self.client.stats().in_flight == 0:
            if time.monotonic() > deadline:
                raise RuntimeError("no request was under way after 5 s")
            time.sleep(0.001)

    def enqueue(self, visits, clock=time.perf_counter_ns):
        track, samples = self.client.track, []
        for occurred_at, event_id, href, pathname, title, canonical_url in visits:
            start = clock()
            track(
                occurred_at=occurred_at,
                event_id=event_id,
                session_id="session-5f0c2d9a71",
                anonymous_id="visitor-8b64e01c3d",
                href=href,
                domain="docs.example.com",
                pathname=pathname,
                title=title,
                canonical_url=canonical_url,
                referrer="https://chatgpt.com/",
                user_agent=AGENT,
                client_ip="203.0.113.77",
                method="GET",
                properties={"plan": "enterprise", "status": 200, "cached": True},
            )
            samples.append(clock() - start)
        return samples

    def end(self):
        self.client.close(0)


class PostHog:
    distribution = "posthog"

    def __init__(self, url, room):
        from posthog import Posthog

        self.client = Posthog("benchmark", host=url, max_queue_size=room)

    def enqueue(self, visits, clock=time.perf_counter_ns):
        capture, samples = self.client.capture, []
        for occurred_at, event_id, href, pathname, title, canonical_url in visits:
            start = clock()
            capture(
                "$pageview",
                distinct_id="visitor-8b64e01c3d",
                uuid=event_id,
                properties={
                    "$session_id": "session-5f0c2d9a71",
                    "$current_url": href,
                    "$host": "docs.example.com",
                    "$pathname": pathname,
                    "title": title,
                    "canonicalUrl": canonical_url,
                    "$referrer": "https://chatgpt.com/",
                    "$raw_user_agent": AGENT,
                    "$ip": "203.0.113.77",
                    "method": "GET",
                    "occurredAt": occurred_at,
                    "plan": "enterprise",
                    "status": 200,
                    "cached": True,
                },
            )
            samples.append(clock() - start)
        return samples

    def end(self):
        """Its thread waits for the server; this process ends without it."""


class Segment:
    distribution = "segment-analytics-python"

    def __init__(self, url, room):
        from segment.analytics.client import Client

        self.client = Client("benchmark", host=url, max_queue_size=room)

    def enqueue(self, visits, clock=time.perf_counter_ns):
        page, samples = self.client.page, []
        for occurred_at, event_id, href, pathname, title, canonical_url in visits:
            start = clock()
            page(
                anonymous_id="visitor-8b64e01c3d",
                message_id=event_id,
                name=title,
                context={"ip": "203.0.113.77", "userAgent": AGENT, "sessionId": "session-5f0c2d9a71"},
                properties={
                    "url": href,
                    "host": "docs.example.com",
                    "path": pathname,
                    "title": title,
                    "canonicalUrl": canonical_url,
                    "referrer": "https://chatgpt.com/",
                    "method": "GET",
                    "occurredAt": occurred_at,
                    "plan": "enterprise",
                    "status": 200,
                    "cached": True,
                },
            )
            samples.append(clock() - start)
        return samples

    end = PostHog.end


def measure(kind, url, events, rounds):
    """The figures of one client: a new one each round, so that no queue fills."""
    visits = [visit(number) for number in range(1, events + 1)]
    samples, medians = [], []
    for _ in range(rounds):
        client = kind(url, events + 10)
        taken = client.enqueue(visits)
        client.end()
        medians.append(statistics.median_low(taken))
        samples += taken
    samples.sort()
    return {
        "version": tpc.__version__ if kind is Ours else importlib.metadata.version(kind.distribution),
        "events": len(samples),
        "median_ns": samples[len(samples) // 2],
        "p99_ns": samples[len(samples) * 99 // 100],
        "best_round_median_ns": min(medians),
    }


def clock_cost():
    samples = []
    for _ in range(10000):
        start = time.perf_counter_ns()
        samples.append(time.perf_counter_ns() - start)
    return statistics.median_low(samples)


def main():
    parser = argparse.ArgumentParser(description="Measures what one event costs a Python program.")
    parser.add_argument("-n", type=int, default=9000, help="events a round; a tenth of them for the other clients")
    parser.add_argument("-r", type=int, default=10, help="rounds; three for the other clients")
    parser.add_argument("-u", help="a server that never answers")
    arguments = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    url = arguments.u or "http://127.0.0.1:%d" % listener.getsockname()[1]

    figures = measure(Ours, url, arguments.n, arguments.r)
    peers = {}
    for kind in (PostHog, Segment):
        try:
            peers[kind.distribution] = measure(kind, url, max(1, arguments.n // 10), min(3, arguments.r))
        except ImportError:
            peers[kind.distribution] = None
    result = {"binding": "python", **figures, "clock_ns": clock_cost(), "python": platform.python_version(), "peers": peers}
    print(json.dumps(result), flush=True)
    # The other clients would wait for their server at the exit.
    os._exit(0)


if __name__ == "__main__":
    main()
