"""What the module costs nginx: requests a second, the event loop's CPU and a worker's memory, beside nginx without the module.

SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request

import programs
import servers
from table import row

MODULE = programs.ROOT / "build" / "nginx" / "ngx_http_tpc_module.so"
PAGE = "<!doctype html><title>Pricing</title><p>" + "A page of a kilobyte. " * 43
# What a browser sends with a page that somebody opens.
HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.9",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Referer": "https://www.google.com/",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-User": "?1",
    "Upgrade-Insecure-Requests": "1",
    "Cookie": "session=5f0c8e1d2b7a49c3; theme=dark",
}
CONFIGURATION = """
{module}
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    types {{ text/html html; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    sendfile on;
    keepalive_requests 1000000000;
    keepalive_time 24h;
    keepalive_timeout 1h;
    {options}
    server {{
        listen 127.0.0.1:{port};
        root {folder};
        {server}
    }}
}}
"""
# How each nginx is set up. The first is what the others are compared with.
SIDES = ("absent", "absent again", "off", "agents", "agents by option", "all")
WITHOUT = SIDES[:2]
TRACKING = SIDES[3:]
ON = """
    tpc_option base_url {url};
    tpc_option api_key benchmark;
    tpc on;
"""
STATUS = "location = /status { tpc off; tpc_status; }"


class Site:
    """An nginx with one worker and a page. Its figures are those of the worker."""

    def __init__(self, side, url):
        self.side, self.url = side, url

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="tpc-nginx-", ignore_cleanup_errors=True)
        folder = pathlib.Path(self.temporary.name)
        (folder / "pricing.html").write_text(PAGE)
        listener = servers.listen()
        self.port = listener.getsockname()[1]
        options = ON.format(url=self.url) if self.side in TRACKING else ""
        if self.side == "agents":
            options += "tpc_only_ai_agents on;"
        if self.side == "agents by option":
            options += "tpc_option only_ai_agents true;"
        configuration = CONFIGURATION.format(
            module="" if self.side in WITHOUT else f"load_module {MODULE};",
            # The page is in a folder of this user.
            user="user root;" if os.geteuid() == 0 else "",
            folder=folder, port=self.port, options=options, server=STATUS if options else "",
        )  # fmt: skip
        environment = {"LD_LIBRARY_PATH": str(programs.LIBRARY.parent)}
        self.process = servers.start_nginx(folder, configuration, [listener], environment)
        self.wait_until_it_answers(folder)
        [self.worker] = servers.workers(self.process)
        return self

    def wait_until_it_answers(self, folder):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                if self.get("/pricing.html") == PAGE and servers.workers(self.process):
                    return
            except OSError:
                pass
            time.sleep(0.05)
        log = (folder / "error.log").read_text() if (folder / "error.log").exists() else ""
        self.__exit__()
        raise RuntimeError(f"nginx with the module {self.side} did not start: {log}")

    def get(self, target):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{target}", timeout=5) as answer:
            return answer.read().decode()

    def cpu_nanoseconds(self):
        """Of the worker's event loop, and of its other threads: the library's sender."""
        threads = pathlib.Path(f"/proc/{self.worker}/task").iterdir()
        used = {thread.name: int((thread / "schedstat").read_text().split()[0]) for thread in threads}
        event_loop = used.pop(self.worker)
        return event_loop, sum(used.values())

    def memory_kilobytes(self):
        """What is resident, and what of it is the worker's own: neither a library's file nor shared with the master."""
        text = pathlib.Path(f"/proc/{self.worker}/smaps_rollup").read_text()
        sizes = {name: int(size) for name, size in re.findall(r"^(\w+): +(\d+) kB", text, flags=re.MULTILINE)}
        return {"resident": sizes["Rss"], "own": sizes["Private_Clean"] + sizes["Private_Dirty"]}

    def counters(self):
        """The library's counters, once it has nothing left to send."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            counters = json.loads(self.get("/status"))
            if counters["pending"] == 0:
                return counters
            time.sleep(0.2)
        raise RuntimeError("the events of the last round are not delivered")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stderr.close()
        self.temporary.cleanup()


def load(site, seconds):
    """Loads a site; per request, the CPU of its event loop and of its sender in microseconds, and the requests a second."""
    headers = [argument for name, value in HEADERS.items() for argument in ("-H", f"{name}: {value}")]
    url = f"http://127.0.0.1:{site.port}/pricing.html"
    before = site.cpu_nanoseconds()
    command = ["wrk", "-t", "1", "-c", "16", "-d", f"{seconds}s", *headers, url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = site.cpu_nanoseconds()
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(f"nginx with the module {site.side} does not answer as it should: {output}")
    requests = int(re.search(r"(\d+) requests in", output)[1])
    per_second = float(re.search(r"Requests/sec: +([\d.]+)", output)[1])
    loop, sender = ((new - old) / requests / 1000 for new, old in zip(after, before))
    return {"requests": requests, "per_second": per_second, "event_loop_us": loop, "sender_us": sender}


def run(sites, settings):
    """Rounds in which each side has its turn, in an order that changes. Returns each side's rounds."""
    rounds = {side: [] for side in sites}
    for site in sites.values():
        load(site, 1)
    for number in range(settings.site_rounds):
        order = list(sites) if number % 2 else list(reversed(sites))
        for side in order:
            rounds[side].append(load(sites[side], 1))
            if side == "all":
                # Before the next side has its turn.
                sites[side].counters()
    return rounds


# A side, what it is called, and the most CPU of the event loop beside nginx without the module.
GOALS = (
    ("absent again", "nginx without the module, twice", None),
    ("off", "nginx, module loaded, off", 1.03),
    ("agents", "nginx, only AI agents, browsers", 1.05),
    ("agents by option", "nginx, the same by the library's option", 1.05),
    ("all", "nginx, all visits tracked", 1.15),
)


def ratio(rounds, side, key):
    return statistics.median(ours[key] / bare[key] for ours, bare in zip(rounds[side], rounds["absent"]))


def rows_of(rounds, memory, counters):
    rows = []
    for side, name, goal in GOALS:
        cpu = ratio(rounds, side, "event_loop_us")
        took = [statistics.median(each["event_loop_us"] for each in rounds[which]) for which in (side, "absent")]
        detail = f"{cpu:.3f} x ({took[0]:.1f} against {took[1]:.1f} us"
        if side == "all":
            refused = counters["refused_queue_full"]
            tracked = counters["accepted"] + refused
            detail += f"; its sender {statistics.median(each['sender_us'] for each in rounds[side]):.1f} us"
            detail += f"; {100 * counters['accepted'] / tracked:.1f} % accepted" if refused else ""
        rows.append(row(f"{name}: CPU", f"<= {goal} x" if goal else "", detail + ")", goal is None or cpu <= goal))
        rate = statistics.median(each["per_second"] for each in rounds[side])
        bare = statistics.median(each["per_second"] for each in rounds["absent"])
        measured = f"{rate:,.0f} ({ratio(rounds, side, 'per_second'):.2f} x {bare:,.0f})"
        rows.append(row(f"{name}: requests/s", "", measured, True))
    for side, name, goal in (("off", "loaded, off", 1024), ("agents", "only AI agents", 1536), ("all", "all", 4096)):
        own, bare = (memory[which]["own"] for which in (side, "absent"))
        measured = f"{own - bare} kB ({own} against {bare}; resident {memory[side]['resident']} against {memory['absent']['resident']})"
        rows.append(row(f"nginx worker's own memory, {name}", f"<= {goal} kB more", measured, own - bare <= goal))
    return rows


def nginx(settings):
    for what, is_there in (("the module: make nginx", MODULE.exists()), ("wrk: apt-get install wrk", shutil.which("wrk"))):
        if not is_there:
            raise FileNotFoundError(f"missing is {what}")
    with servers.Nginx() as endpoint:
        sites = {}
        try:
            for side in SIDES:
                sites[side] = Site(side, endpoint.urls["http1"]).__enter__()
            rounds = run(sites, settings)
            counters = {side: sites[side].counters() for side in TRACKING}
            memory = {side: site.memory_kilobytes() for side, site in sites.items()}
        finally:
            for site in sites.values():
                site.__exit__()
    check(rounds, counters)
    return rows_of(rounds, memory, counters["all"]), {"rounds": rounds, "memory_kilobytes": memory, "counters": counters}


def check(rounds, counters):
    """A side that did something else than its name says would be measured as something that it is not."""
    for side, counted in counters.items():
        taken = counted["accepted"] + counted["refused_queue_full"]
        if (side == "all") != (taken >= sum(each["requests"] for each in rounds[side])):
            raise RuntimeError(f"nginx with the module {side} took {taken} visits")
