"""Lets processes fork, or end, during another thread's first use of the library."""

import itertools
import pathlib
import random

from support.paths import ROOT
from support.servers.fault_server import FaultServer

from library.delivery import programs

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
# Microseconds: setting libcurl and OpenSSL up takes some milliseconds.
LONGEST = 6000


def first_uses(way, times, certificates, seed=1):
    """What went wrong, by the delay of the process that it happened to. `way` is "fork" or "exit"."""
    chosen, found = random.Random(seed), {}
    with FaultServer(tls=certificates.server_context()) as server:
        environment = programs.environment(server.url, ca_file=certificates.ca_file)
        for _ in range(times):
            # Half of them early, where most has to be set up.
            delay = chosen.randrange(chosen.choice((LONGEST // 10, LONGEST)))
            try:
                programs.ended(programs.launch([programs.compiled("first_use", FOLDER), way, delay], environment))
            except AssertionError as error:
                found[delay] = str(error)
    return found


def forks_at_steps():
    """Forks at each step of a first use in turn: how many there are, and what went wrong, by the step's number."""
    found = {}
    with FaultServer() as server:
        environment = programs.environment(server.url, exit_timeout_ms=100)
        for number in itertools.count(1):
            try:
                said = programs.ended(programs.launch([programs.compiled("first_steps", FOLDER), number], environment))
            except AssertionError as error:
                found[number] = str(error)
                continue
            if said == "no step\n":
                return number - 1, found


def forks_at_registrations():
    """Forks while another thread's first use registers a handler for exit: how often it did, and what went wrong, by the number
    of handlers that there were before."""
    steps, found = 0, {}
    with FaultServer() as server:
        environment = programs.environment(server.url, exit_timeout_ms=100)
        # glibc makes room for 32 at a time: with one of these numbers the next is each that is registered.
        for handlers in range(32):
            try:
                said = programs.ended(programs.launch([programs.compiled("first_steps", FOLDER), 1, handlers], environment))
            except AssertionError as error:
                found[handlers] = str(error)
                continue
            steps += said == "a step\n"
    return steps, found


def fork_late(*arguments):
    """Forks while another thread makes the first client, after the library was used or before. Raises AssertionError with what
    went wrong."""
    with FaultServer() as server:
        programs.ended(programs.launch([programs.compiled("late_fork", FOLDER), *arguments], programs.environment(server.url)))


def fork_in_signature():
    """Forks while another thread verifies a signature. Raises AssertionError with what went wrong."""
    keys = ROOT / "Tests/scenarios/files/keys"
    with FaultServer() as server:
        environment = programs.environment(server.url, ai_keys_dir=keys)
        programs.ended(programs.launch([programs.compiled("signed_fork", FOLDER)], environment))


def exit_late(way, certificates):
    """Uses the library ("first" or "again") when the end of the process has reached its libraries; returns what the program prints."""
    with FaultServer(tls=certificates.server_context()) as server:
        environment = programs.environment(server.url, ca_file=certificates.ca_file)
        late_end = programs.compiled("late_end", FOLDER, shared=True)
        return programs.ended(programs.launch([programs.compiled("late_exit", FOLDER), way, late_end], environment))
