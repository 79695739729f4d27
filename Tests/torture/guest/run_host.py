"""Runs a host beside a server that answers, and reports what went wrong."""

import collections
import json

from library.delivery import programs
from support.servers.fault_server import FaultServer


def run_host(host, arguments, certificates=None, patience=programs.PATIENCE):
    """The complaints; over TLS with `certificates`. A host checks by itself what it had and what became of its events."""
    options = {"report_capacity": 1000, **host.options}
    tls = certificates.server_context() if certificates else None
    if certificates:
        options["ca_file"] = certificates.ca_file
    with FaultServer(tls=tls) as server:
        try:
            running = programs.launch(host.command(arguments), programs.environment(server.url, **options))
            programs.ended(running, patience=patience)
        except AssertionError as problem:
            return [str(problem)]
        return complaints(host, server)


def complaints(host, server):
    ids = collections.Counter(json.loads(request.body)["eventId"] for request in server.requests)
    found = []
    if not ids:
        found.append("no event arrived")
    if twice := [one for one, count in ids.items() if count > 1]:
        found.append(f"{len(twice)} events arrived twice, such as {twice[0]}")
    if host.connections not in (None, server.connections):
        found.append(f"{server.connections} connections instead of {host.connections}")
    return found
