"""Unloads the library while its sender and the host's threads are in it, and makes and closes clients by the thousand."""

import json
import pathlib

from support.servers.fault_server import FaultServer, Reply

from library.delivery import programs
from library.delivery.library import FILE

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"


def unload():
    """What is wrong, if anything is."""
    with FaultServer(lambda _: Reply(delay=0.002)) as server:
        environment = programs.environment(server.url, queue_max_events=200)
        try:
            output = programs.ended(programs.launch([programs.compiled("unload", FOLDER), FILE], environment))
        except AssertionError as error:
            return str(error)
        accepted, arrived = int(output), len(server.requests)
    return None if accepted == arrived else f"{accepted} events accepted, {arrived} arrived"


def cycle(times):
    """What is wrong, if anything is: programs/cycles.c of the delivery tests looks at threads, descriptors and memory."""
    with FaultServer() as server:
        environment = programs.environment(server.url, report_capacity=10)
        try:
            programs.ended(programs.launch([programs.compiled("cycles"), times], environment), patience=1200)
        except AssertionError as error:
            return str(error)
        arrived = len({json.loads(request.body)["eventId"] for request in server.requests})
    return None if arrived == 5 * times else f"{5 * times} events accepted, {arrived} arrived"
