"""The long form: a thousand children for each way, one line each, and the figure last."""

import argparse
import sys

from support.servers.tls import Certificates

from .first_use import first_uses
from .ways import WAYS

# Seconds for a way: only one that hangs takes them.
PATIENCE = 1800


def main():
    parser = argparse.ArgumentParser(prog="torture.forks", description=__doc__)
    parser.add_argument("--children", type=int, default=1000, help="forks a way")
    arguments = parser.parse_args()
    accepted = lost = twice = failures = 0
    uses = arguments.children // 2
    with Certificates() as certificates:
        for way in WAYS:
            result = way.run(arguments.children, certificates, patience=PATIENCE)
            verdict = "; ".join(result.complaints) or "each arrived once"
            print(f"{way.name}: {len(result.senders):,} senders, {result.accepted:,} events: {verdict}", flush=True)
            accepted, failures = accepted + result.accepted, failures + bool(result.complaints)
            lost, twice = lost + len(result.lost), twice + len(result.twice)
        for way in ("fork", "exit"):
            found = first_uses(way, uses, certificates)
            failures += bool(found)
            print(f"{uses:,} processes that {way} while another thread makes the first client: {found or 'all well'}", flush=True)
    print(f"forks: {len(WAYS)} x {arguments.children:,} children, {accepted:,} events, {lost} lost, {twice} twice")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
