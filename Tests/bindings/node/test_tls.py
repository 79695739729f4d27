# SPDX-License-Identifier: Apache-2.0
"""TLS and HTTP/2 inside Node, whose executable has an OpenSSL and an nghttp2 of its own."""

import json
import pathlib
import subprocess

from support.servers.fault_server import FaultServer
from support.servers.http2_server import Http2Server

EVENTS = 200


def send(project, server, certificates, *flags, **variables):
    environment = project.environment(server, TPC_CA_FILE=certificates.ca_file, TPC_EXIT_TIMEOUT_MS="60000", **variables)
    project.run(*flags, "end.mjs", "naturally", EVENTS, environment=environment)
    hrefs = {json.loads(request.body)["page"]["href"] for request in server.requests}
    assert hrefs == {f"https://example.com/{number}" for number in range(EVENTS)}


def allocator():
    """A memory allocator that is preloaded where Node's memory would fragment."""
    listing = subprocess.run(["ldconfig", "-p"], check=True, capture_output=True, text=True).stdout
    [path] = {line.split()[-1] for line in listing.splitlines() if "libjemalloc.so.2" in line}
    return path


def test_events_are_delivered_over_tls(project, certificates):
    with FaultServer(tls=certificates.server_context()) as server:
        send(project, server, certificates)


def test_events_are_delivered_over_http_2(project, certificates):
    with Http2Server(certificates.server_context(alpn=["h2"])) as server:
        send(project, server, certificates)


def test_a_preloaded_memory_allocator_does_no_harm(project, certificates):
    with Http2Server(certificates.server_context(alpn=["h2"])) as server:
        # Programs forget the variable so that those they start do without.
        send(project, server, certificates, "--require=./forget_preloading.cjs", LD_PRELOAD=allocator())


def test_the_library_uses_the_openssl_that_it_is_linked_with(project, certificates, tmp_path):
    with FaultServer(tls=certificates.server_context()) as server:
        send(project, server, certificates, LD_DEBUG="bindings", LD_DEBUG_OUTPUT=str(tmp_path / "bindings"))
    lines = "".join(file.read_text(errors="replace") for file in pathlib.Path(tmp_path).iterdir()).splitlines()
    uses = [line for line in lines if "/libcurl.so.4 " in line and "`SSL_connect'" in line]
    assert uses and all("/libssl.so" in line.partition(" to ")[2] for line in uses), uses
