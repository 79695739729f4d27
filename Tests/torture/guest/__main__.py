"""The long form: each host for long, one line each, and the figure last."""

import argparse
import sys

from support.servers.tls import Certificates

from .hosts import HOSTS
from .run_host import run_host

# Seconds for a host: only one that hangs takes them.
PATIENCE = 1800


def main():
    argparse.ArgumentParser(description="Runs the library in hostile hosts, each for long, plain and over TLS.").parse_args()
    failures = 0
    with Certificates() as certificates:
        for host in HOSTS:
            for way, given in (("plain", None), ("TLS", certificates)):
                found = run_host(host, host.long, given, PATIENCE)
                failures += bool(found)
                print(f"a host {host.name}, {way}: {'; '.join(found) or 'passed'}", flush=True)
    print(f"guest: {len(HOSTS)} hosts, plain and over TLS, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
