"""What tracking costs a page under nginx and php-fpm: the same page without it, with it, and with it preloaded.

    python benchmarks/bindings/php_pages.py [--requests N] [--rounds N]

One visitor asks for one page after the other, each answer is timed, and rounds of the three kinds alternate. The events are
delivered to an nginx during the run. Prints one JSON object: per kind the median and the 99th percentile of the best round, in
microseconds.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import json
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "Tests")]

import servers  # noqa: E402
from bindings.php import package  # noqa: E402
from bindings.php.fpm_site import FpmSite  # noqa: E402

PAGE = "<?php usleep(1000); {track} echo str_repeat('<p>a page of some length</p>', 400);"
TRACK = "require '{package}/autoload.php'; Tpc\\Web\\PageVisits::trackAtShutdown();"


def percentile(samples, share):
    return sorted(samples)[int(len(samples) * share)]


def run_round(site, requests):
    """What each page took, in microseconds."""
    connection, samples = site.connection(), []
    for number in range(requests):
        start = time.perf_counter_ns()
        status, _ = site.get(f"/page/{number}", connection)
        samples.append((time.perf_counter_ns() - start) / 1000)
        if status != 200:
            raise RuntimeError(f"a page was answered with {status}")
    return samples


def make_sites(folder, url):
    """The three kinds, by name."""
    built = package.build()
    plain, tracked, header = folder / "plain.php", folder / "tracked.php", folder / "tpc.ffi.h"
    plain.write_text(PAGE.format(track=""))
    tracked.write_text(PAGE.format(track=TRACK.format(package=built)))
    header.write_bytes(package.output_of(["php", built / "bin/tpc-ffi-header"], environment=package.environment()))
    variables = {"TPC_API_KEY": package.KEY, "THE_PROMPTING_COMPANY_BASE_URL": url}
    preloading = [f"ffi.preload={header}", f"opcache.preload={built}/preload.php"]
    return {
        "without": FpmSite(plain, variables, "ffi.enable=true"),
        "enabled": FpmSite(tracked, variables, "ffi.enable=true"),
        "preloaded": FpmSite(tracked, variables, *preloading),
    }


def main():
    parser = argparse.ArgumentParser(description="Measures what tracking costs a page under nginx and php-fpm.")
    parser.add_argument("--requests", type=int, default=1000, help="a round")
    parser.add_argument("--rounds", type=int, default=5, help="of each kind")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tpc-pages-") as folder, servers.Nginx() as nginx:
        sites = make_sites(pathlib.Path(folder), nginx.urls["http1"])
        rounds = {name: [] for name in sites}
        for _ in range(arguments.rounds):
            for name, site in sites.items():
                with site:
                    run_round(site, 50)  # workers start their senders and caches fill
                    rounds[name].append(run_round(site, arguments.requests))
    results = {}
    for name, taken in rounds.items():
        best = min(taken, key=lambda samples: percentile(samples, 0.5))
        results[name] = {"median_us": round(percentile(best, 0.5)), "p99_us": round(percentile(best, 0.99))}
    print(json.dumps({"binding": "php", "pages": results}))


if __name__ == "__main__":
    main()
