"""What lies in a spool's folder, as the tool shows it."""

import json
import os
import subprocess

from . import paths


def pending(folder):
    """The ids of the events that nobody has answered for yet."""
    # A copy of the environment: the rigs ask from many threads, and another test may change the process's own in between.
    listed = subprocess.run(
        [paths.BUILD / "bin/tpc-events", "spool", "list", folder, "--events"], env=dict(os.environ), stdout=subprocess.PIPE, text=True,
        check=True,
    )  # fmt: skip
    return [json.loads(line)["eventId"] for line in listed.stdout.splitlines()]


def drain(folder, environment):
    """Sends them all. Raises where something stays."""
    subprocess.run(
        [paths.BUILD / "bin/tpc-events", "spool", "drain", folder], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=True,
    )  # fmt: skip
