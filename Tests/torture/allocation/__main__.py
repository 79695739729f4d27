"""The long form: every sequence of calls, in every mode, and the figure last.

Allocations of OpenSSL and the other libraries fail, too, not only those of libtpc, libcurl and jansson.
"""

import argparse
import itertools
import sys
import tempfile

from .run import MODES, PROCESSES, SEQUENCES, SWIFT_LIMIT, Server, compiled, fail_all


def main():
    parser = argparse.ArgumentParser(prog="torture.allocation", description=__doc__)
    parser.add_argument("--whose", choices=["every", "libtpc"], default="every", help="libtpc: its own, libcurl's and jansson's alone")
    parser.add_argument("--step", type=int, default=1, help="one in N")
    given = parser.parse_args()
    runs, largest = 0, 0
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        program = compiled(folder)
        for sequence, mode, process in itertools.product(SEQUENCES, MODES, PROCESSES):
            found = fail_all(program, server.url, sequence, mode, process, given.whose, given.step)
            print(f"{sequence}, {mode}, {process}: {found['runs']} runs, {found['refused']} refusals", flush=True)
            runs, largest = runs + found["runs"], max(largest, found["swift_largest"])
        # The sequence of large inputs is there for their sizes; its first failure is as good as any.
        largest = max(largest, fail_all(program, server.url, "large", "once", "cold", step=1_000_000)["swift_largest"])
    print(f"failed allocations: {runs:,} runs, no crash, every ledger balanced, nothing lost; "
          f"the largest of Swift's own: {largest:,} bytes")
    return 0 if largest <= SWIFT_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
