"""The long form: 200,000 bad calls of each function from each of two threads, and the figure last."""

import argparse
import random

from .calls import main

parser = argparse.ArgumentParser(prog="torture.exports", description=__doc__)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--calls", type=int, default=200_000)
given = parser.parse_args()
random.seed(given.seed)
main(given.seed, given.calls)
