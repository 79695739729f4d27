# SPDX-License-Identifier: Apache-2.0
"""The self-contained library and tool at work: each processor and C library, by an emulator where it is another's."""

import json
import os
import subprocess

import systems
from support.servers.collector_process import CollectorProcess
from support.servers.http2_server import Http2Server

FOLDER = systems.ROOT / "Tests/packages/self_contained/programs"
CLIENT = systems.ROOT / "Tests/library/delivery/programs"
PATIENCE = 300


def environment(**options):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TPC_", "THE_PROMPTING"))}
    return {**kept, **{f"TPC_{name.upper()}": str(value) for name, value in options.items()}}


def run(command, variables, **options):
    done = subprocess.run(
        [str(part) for part in command], env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, **options
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_program_delivers_over_http_2_verifies_a_signature_and_forks(target, certificates, tmp_path):
    command = systems.compiled(target, FOLDER / "deliver.c", tmp_path / "deliver", "-D_GNU_SOURCE", f"-I{CLIENT}")
    with Http2Server(certificates.server_context(alpn=["h2"])) as server:
        run(
            command,
            environment(base_url=server.url, api_key="key", ca_file=certificates.ca_file, ai_keys_dir=systems.ROOT / "Tests/scenarios/files/keys"),
        )
        events = {event["eventId"]: event for event in (json.loads(request.body) for request in server.requests)}
    assert events.keys() == {"signed", "child-0", *(f"parent-{number}" for number in range(21))}
    assert len(server.requests) == len(events)
    assert events["signed"]["properties"]["aiVerifiedBy"] == "signature"


def test_a_certificate_of_an_unknown_authority_is_refused(target, certificates, tmp_path):
    command = systems.compiled(target, systems.ROOT / "examples/page_visit.c", tmp_path / "page_visit")
    with Http2Server(certificates.server_context("unknown_authority", alpn=["h2"])) as server:
        done = subprocess.run(
            command, env=environment(base_url=server.url, api_key="key", ca_file=certificates.ca_file), capture_output=True, timeout=PATIENCE
        )
        assert done.returncode == 1 and b"not delivered: 1" in done.stderr and server.requests == []


def replayed(tool, log):
    """The ids of the events that a tool makes of a log."""
    with CollectorProcess("--quiet", "--keep", "20000") as collector:
        said = run([*tool, "replay", log, "--site", "https://docs.example.com"], environment(base_url=collector.url, api_key="key"))
        assert collector.totals()["bad"] == 0, said
        return {event["event"]["eventId"] for event in collector.good(20000)}


def test_the_tool_makes_the_same_events_of_plain_and_compressed_logs_as_the_systems_own(musl, tmp_path):
    log = systems.ROOT / "examples/access.log"
    expected = replayed([systems.ROOT / "build/bin/tpc-events"], log)
    assert len(expected) > 100
    tool = [*systems.prefix(musl), systems.tool(musl)]
    assert replayed(tool, log) == expected
    for compress in (["gzip", "-c"], ["zstd", "-q", "-c"]):
        packed = tmp_path / f"access.{compress[0]}"
        packed.write_bytes(subprocess.run([*compress, log], stdout=subprocess.PIPE, check=True).stdout)
        assert replayed(tool, packed) == expected


def test_the_tool_says_its_version(musl):
    version = (systems.ROOT / "VERSION").read_text().strip()
    assert version in run([*systems.prefix(musl), systems.tool(musl), "--version"], environment())
