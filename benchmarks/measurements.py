"""What is measured: each function takes the settings and returns its rows of the table, and the single figures they come from.

SPDX-License-Identifier: Apache-2.0
"""

import json
import re
import statistics
import subprocess
import tempfile
from dataclasses import dataclass

import programs
import servers
from log_measurements import logs
from nginx_measurements import nginx
from spool_measurements import spool
from table import row

NAMES = {"http1": "HTTP/1.1", "http1_tls": "HTTP/1.1 with TLS", "http2_tls": "HTTP/2 with TLS"}
# The loader isn't a library that anyone has to install.
NEEDED = re.compile(r"libcurl\.so\.4|libjansson\.so\.4|libm\.so\.6|libc\.so\.6|ld-linux-[\w-]+\.so\.\d")


@dataclass
class Settings:
    events: int  # delivered in each run
    pairs: int  # runs of the reference and of the library, in turn
    rounds: int  # of 9,000 events each, enqueued
    distant_events: int  # delivered over the 50 ms round trip
    processes: int  # that load the library
    recovered: int  # events taken over from a spool, in each of two folders
    lines: int  # of a log
    site_rounds: int  # of a second for each nginx, with and without the module


FULL = Settings(events=40000, pairs=9, rounds=20, distant_events=20000, processes=101, recovered=500_000, lines=1_000_000, site_rounds=40)
QUICK = Settings(events=10000, pairs=3, rounds=4, distant_events=10000, processes=21, recovered=50_000, lines=200_000, site_rounds=8)


def enqueue(settings):
    rows, raw = [], {}
    for name, flags in (("one call per field", []), ("set_fields", ["-f"])):
        with servers.Hung() as hung:
            result = programs.run("sender", "enqueue", "-u", hung.url, "-n", 9000, "-r", settings.rounds, *flags)
        raw[name] = result
        median, p99 = result["median_ns"], result["p99_ns"]
        detail = f"{result['batch_median_ns']:.0f} in batches; the clock's own: {result['clock_ns']}"
        rows.append(row(f"enqueue, {name}: median", "<= 400 ns", f"{median} ns ({detail})", median <= 400))
        rows.append(row(f"enqueue, {name}: p99", "<= 2000 ns", f"{p99} ns", p99 <= 2000))
    return rows, raw


# A call, the plain program's visit that it is compared with, and its goal as a ratio; None for one that is only shown.
RATIOS = (
    ("setters", "plain_event", "an event by setters and track", 1.3),
    ("texts", "plain_page", "a request tracked, as texts", 2.0),
    ("json", "plain_page", "a request tracked, as JSON", 2.4),
    ("by_method", "plain_page", "left out by method", 0.3),
    ("by_status", "plain_page", "left out by status", 0.3),
    ("by_type", "plain_page", "left out by content type", 0.3),
    ("by_agent", "plain_page", "left out by only_ai_agents", 1.0),
    ("ai_agent", "plain_page", "tpc_ai_agent, a browser's user agent", None),
)


def instructions_per_call(kind):
    """By callgrind, which repeats: of two runs, whose difference leaves out what starts and ends a program."""
    counts = [programs.instructions("sender", "ratios", "-k", kind, "-n", calls) for calls in (200, 1200)]
    return None if None in counts else round((counts[1] - counts[0]) / 1000)


def ratios(settings):
    samples = programs.run("sender", "ratios", "-r", settings.rounds * 20)
    executed = {kind: instructions_per_call(kind) for kind in samples}
    rows = []
    for kind, plain, what, goal in RATIOS:
        each = sorted(ours / bare for ours, bare in zip(samples[kind], samples[plain]))
        ratio = statistics.median(each)
        took = [statistics.median(samples[name]) for name in (kind, plain)]
        detail = f"{ratio:.2f} x ({took[0]:.0f} against {took[1]:.0f} ns"
        if executed[kind] is None:
            detail += "; no valgrind, so no instructions)"
        else:
            detail += f"; {executed[kind]:,} against {executed[plain]:,} instructions)"
        rows.append(row(what, f"<= {goal} x" if goal else "", detail, goal is None or ratio <= goal))
    return rows, {"nanoseconds": samples, "instructions": executed}


def check_same_request():
    """Both sides have to post the same event, or no ratio of theirs means anything. Returns the sizes of the bodies."""
    bodies = {}
    for name, arguments in (("reference", ["-n", "1", "-u"]), ("sender", ["deliver", "-n", "2", "-u"])):
        with servers.Hung() as hung:
            url = hung.url + servers.PATH if name == "reference" else hung.url
            process = subprocess.Popen([programs.path(name), *arguments, url], stdout=subprocess.DEVNULL)
            try:
                bodies[name] = hung.first_request()[1]
            finally:
                process.kill()
                process.wait()
    ours, theirs = json.loads(bodies["sender"]), json.loads(bodies["reference"])
    for event in ours, theirs:
        event["sdk"] = sorted(event.get("sdk", {}))
    if ours != theirs:
        raise RuntimeError(f"the library and the reference post different events: {ours} and {theirs}")
    return {name: len(body) for name, body in bodies.items()}


def run_pair(nginx, kind, events, library_first):
    """One run of each side; per event: CPU in microseconds of the sender and of nginx, and the events per second."""
    http2 = kind == "http2_tls"
    results = {}
    for side in ("library", "reference") if library_first else ("reference", "library"):
        before = nginx.worker_cpu_seconds()
        if side == "library":
            result = programs.run("sender", "deliver", "-u", nginx.urls[kind], "-n", events, "-a", nginx.ca_file)
        else:
            url = nginx.urls[kind] + servers.PATH
            result = programs.run("reference", *programs.reference_arguments(url, events, nginx.ca_file, http2))
        result["cpu_us"] = result["cpu_seconds"] / events * 1e6
        result["per_second"] = events / result["wall_seconds"]
        result["server_cpu_us"] = (nginx.worker_cpu_seconds() - before) / events * 1e6
        results[side] = result
    return results


def compare(pairs, key, form):
    """The median of the pairs' ratios; and as text with their range and with each side's median."""
    ratios = sorted(pair["library"][key] / pair["reference"][key] for pair in pairs)
    ratio = statistics.median(ratios)
    sides = [statistics.median(pair[side][key] for pair in pairs) for side in ("library", "reference")]
    return ratio, f"{ratio:.2f} x ({ratios[0]:.2f} to {ratios[-1]:.2f}; {form.format(*sides)})"


def deliver(settings):
    cpu_rows, speed_rows, raw = [], [], {"body_bytes": check_same_request()}
    with servers.Nginx() as nginx:
        for kind, name in NAMES.items():
            pairs = [run_pair(nginx, kind, settings.events, bool(i % 2)) for i in range(settings.pairs)]
            raw[kind] = pairs

            ratio, detail = compare(pairs, "cpu_us", "{:.1f} against {:.1f} us")
            cpu_rows.append(row(f"CPU an event, {name}", "<= 1.10 x", detail, ratio <= 1.10))
            ratio, detail = compare(pairs, "per_second", "{:,.0f} against {:,.0f}")
            speed_rows.append(row(f"events/s, {name}", ">= 0.95 x", detail, ratio >= 0.95))
    return cpu_rows + speed_rows, raw


def distant(settings):
    events = settings.distant_events
    with servers.Nginx() as nginx, servers.Distant(programs.path("proxy"), nginx.ports["http2_tls"], 50) as proxy:
        url = f"https://127.0.0.1:{proxy.port}"
        ours = programs.run("sender", "deliver", "-u", url, "-n", events, "-a", nginx.ca_file)
        theirs = programs.run(
            "reference", *programs.reference_arguments(url + servers.PATH, events, nginx.ca_file, True)
        )
    ours_rate, theirs_rate = (events / result["wall_seconds"] for result in (ours, theirs))
    measured = f"{ours_rate:,.0f} (reference {theirs_rate:,.0f})"
    rows = [row("events/s through 50 ms, HTTP/2", ">= 1800", measured, ours_rate >= 1800)]
    return rows, {"library": ours, "reference": theirs}


def library_file(settings):
    size = programs.LIBRARY.resolve().stat().st_size
    dynamic = subprocess.run(["readelf", "-d", programs.LIBRARY], check=True, capture_output=True, text=True).stdout
    needed = re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)
    foreign = [name for name in needed if not NEEDED.fullmatch(name)]
    rows = [
        row("library, stripped", "<= 330 kB", f"{size / 1000:.0f} kB", size <= 330_000),
        row("library needs", "curl, jansson, m, c", " ".join(foreign or needed), not foreign),
    ]
    return rows, {"bytes": size, "needed": needed}


def memory(settings):
    rows, raw = [], {}
    for name, with_spool in (("10,000 events queued", False), ("the same, with a spool", True)):
        with servers.Hung() as hung, tempfile.TemporaryDirectory(dir=programs.OUTPUT) as folder:
            options = ["-d", folder] if with_spool else []
            result = raw[name] = programs.run("sender", "memory", "-u", hung.url, "-n", 10000, *options)
        growth, events = result["growth_bytes"], result["event_bytes"]
        limit = 1.25 * events + 2 * 2**20
        measured = f"{growth / 2**20:.1f} MiB ({events / 2**20:.1f} MiB of events)"
        rows.append(row(f"memory, {name}", f"<= {limit / 2**20:.1f} MiB", measured, growth <= limit))
    return rows, raw


def load(settings):
    result = programs.run("load", programs.LIBRARY, settings.processes)
    took = result["libtpc_ns"] / 1e6
    detail = f"libcurl itself {result['libcurl_ns'] / 1e6:.1f} ms"
    return [row("dlopen beyond libcurl's", "<= 1 ms", f"{took:.2f} ms ({detail})", took <= 1)], result


# A language's program, and its goal in nanoseconds. Each makes the event as its users do, and tracks it.
BINDINGS = {
    "Python": (["python", "bindings/python_enqueue.py"], 5000),
    "Node": (["node", "bindings/node_enqueue.mjs"], 2500),
    "PHP": (["php", "bindings/php_enqueue.php"], 2500),
    "Swift": (["swift", "bindings/swift"], 2500),
}


def bindings(settings):
    rows, raw = [], {}
    for language, (command, goal) in BINDINGS.items():
        with servers.Hung() as hung:
            result = programs.run_script(*command, "-u", hung.url, "-n", 9000, "-r", settings.rounds)
        raw[language] = result
        median = result["median_ns"]
        measured = f"{median} ns (p99 {result['p99_ns']} ns; the clock's own: {result['clock_ns']:.0f})"
        rows.append(row(f"enqueue from {language}: median", f"<= {goal} ns", measured, median <= goal))
        for peer, figures in (result.get("peers") or {}).items():
            if figures:
                measured = f"{figures['median_ns']} ns, {figures['median_ns'] / median:.1f} x"
                rows.append(row(f"  beside it {peer} {figures['version']}", "", measured, True))
    return rows, raw


MEASUREMENTS = {
    "enqueue": enqueue,
    "ratios": ratios,
    "bindings": bindings,
    "deliver": deliver,
    "distant": distant,
    "size": library_file,
    "memory": memory,
    "load": load,
    "spool": spool,
    "logs": logs,
    "nginx": nginx,
}
