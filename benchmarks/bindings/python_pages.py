"""What tracking costs a page under gunicorn and uvicorn: the same page without the middleware and with it.

    python benchmarks/bindings/python_pages.py [--requests N] [--rounds N]

One visitor asks for one page after the other, each answer is timed, and rounds of the two kinds alternate. The events are
delivered to an nginx during the run. Prints one JSON object: per kind the median and the 99th percentile of the best round, in
microseconds, and what the middleware alone takes of a request's time in a loop without a server.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGE = ROOT / "bindings" / "python"
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "Tests"), str(PACKAGE), str(HERE)]
os.environ.setdefault("TPC_LIBRARY", str(ROOT / "build" / "lib" / "libtpc.so.0"))

import servers  # noqa: E402
from bindings.python import web_servers  # noqa: E402

HEADERS = {"User-Agent": "GPTBot/1.2", "Referer": "https://chatgpt.com/", "Accept": "text/html", "Cookie": "session=1"}


def run_round(port, requests):
    """What each page took, in microseconds."""
    connection, samples = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []
    for number in range(requests):
        start = time.perf_counter_ns()
        connection.request("GET", f"/page/{number}", headers=HEADERS)
        response = connection.getresponse()
        response.read()
        samples.append((time.perf_counter_ns() - start) / 1000)
        if response.status != 200:
            raise RuntimeError(f"a page was answered with {response.status}")
    connection.close()
    return sorted(samples)


def make_servers(url):
    """The kinds, by name."""
    variables = {"TPC_API_KEY": "key", "THE_PROMPTING_COMPANY_BASE_URL": url, "PYTHONPATH": f"{PACKAGE}:{HERE}"}
    environment = {**os.environ, **variables}
    gunicorn = ("--workers=1", "--threads=1", "--worker-class=gthread", "--keep-alive=60")
    uvicorn = ("--workers=1", "--no-access-log")
    return {
        "gunicorn, without": web_servers.gunicorn("python_site:wsgi", environment, *gunicorn),
        "gunicorn, tracked": web_servers.gunicorn("python_site:tracked_wsgi", environment, *gunicorn),
        "uvicorn, without": web_servers.uvicorn("python_site:asgi", environment, *uvicorn),
        "uvicorn, tracked": web_servers.uvicorn("python_site:tracked_asgi", environment, *uvicorn),
    }


def middleware_alone(url, requests=2000, rounds=10):
    """Microseconds of the WSGI middleware a request, beyond the application's own, in the best round."""
    import python_site
    import tpc

    client = tpc.Client(base_url=url, api_key="key", queue_max_events=requests * rounds * 2, queue_max_bytes=2**30)
    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/page/1", "RAW_URI": "/page/1?a=b", "QUERY_STRING": "a=b",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "HTTP_HOST": "example.com", "wsgi.url_scheme": "http",
        "REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": HEADERS["User-Agent"], "HTTP_REFERER": HEADERS["Referer"],
    }  # fmt: skip

    def best(application):
        taken = []
        for _ in range(rounds):
            start = time.perf_counter_ns()
            for _ in range(requests):
                body = application(environ, lambda status, headers: None)
                for _ in body:
                    pass
                getattr(body, "close", int)()
            taken.append((time.perf_counter_ns() - start) / requests / 1000)
        return min(taken)

    cost = best(python_site.tpc.wsgi.Middleware(python_site.wsgi, client)) - best(python_site.wsgi)
    client.close(0)
    return cost


def main():
    parser = argparse.ArgumentParser(description="Measures what tracking costs a page.")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with servers.Nginx() as nginx, contextlib.ExitStack() as stack:
        url = nginx.urls["http1"]
        running = {name: stack.enter_context(server) for name, server in make_servers(url).items()}
        rounds = {name: [] for name in running}
        for _ in range(arguments.rounds):
            for name, server in running.items():
                rounds[name].append(run_round(server.port, arguments.requests))
        alone = middleware_alone(url)
    figures = {}
    for name, found in rounds.items():
        best = min(found, key=lambda samples: samples[len(samples) // 2])
        figures[name] = {"median_us": round(best[len(best) // 2], 1), "p99_us": round(best[len(best) * 99 // 100], 1)}
    print(json.dumps({"requests": arguments.requests, **figures, "middleware_alone_us": round(alone, 1)}))


if __name__ == "__main__":
    main()
