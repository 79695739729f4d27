# SPDX-License-Identifier: Apache-2.0
"""Spools for the tool: left by real processes, or written byte by byte."""

import json
import os
import struct
import subprocess
import sys
import time

from support.paths import ROOT

HEADER, RECORD = 64, 32
PENDING, DELIVERED, PURGED = 0x5A, 0xA1, 0xA4

# Tracks a line of its input, or with "flood" as many as it can.
HOST = """
import json, sys
from support.objects import Client
client = Client(**json.loads(sys.argv[1]))
for line in sys.stdin:
    if line == "flood\\n":
        print("ok", flush=True)
        while True:
            client.track_json('{"event":"page_visit","page":{"href":"https://example.com/' + "x" * 300 + '"}}')
    client.track_json(line)
    print("ok", flush=True)
client.close(20_000)
"""


class Host:
    """A process with a client that has a spool; for use in a `with` block, whose end kills it."""

    def __init__(self, url, spool, **options):
        options = {"api_key": "key-of-the-test", "base_url": url, "spool_directory": str(spool), "log_level": "error"} | options
        environment = dict(os.environ, PYTHONPATH=str(ROOT / "Tests"))
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOST, json.dumps(options)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )
        self.pid = self._process.pid

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self.kill()

    def say(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "ok\n"

    def track(self, *ids):
        for one in ids:
            self.say(event(one))

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


def event(one, href="https://example.com/docs"):
    return json.dumps({"event": "page_visit", "eventId": one, "page": {"href": href}})


def leave(tool, spool, *ids, **environment):
    """Writes events into a spool, as a process that has ended leaves them. Returns the folder of their destination."""
    result = tool.run("send", "-", "--spool", spool, input=[event(one) for one in ids], **environment)
    assert (result.code, result.errors) == (0, "")
    return next(iter({file.parent for file in segments(spool)} - {None}))


def segments(spool):
    return sorted(spool.glob("*/s*.tpc1"))


def received(collector):
    return sorted(record["event"]["eventId"] for record in collector.good())


# MARK: bytes

_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _TABLE.append(_byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def segment(*bodies, age=0, tries=0, salt=7):
    """The bytes of a segment with these events, all of that age in seconds."""
    boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    # Of another boot, so that the wall clock counts.
    head = struct.pack("<8sHHIQQQQIB7x", b"TPCSPOOL", 1, 0, HEADER, salt, int((time.time() - age) * 1000), int(boot * 1000), 0, 1, tries)
    summed = bytearray(head)
    summed[52] = 0
    content = head + struct.pack("<I", crc32c(summed))
    for sequence, body in enumerate(bodies):
        content += record(body, sequence, int(boot * 1000), salt)
    return content


def record(body, sequence, boot, salt=7, state=PENDING):
    rest = struct.pack("<IHHQ", sequence, 0, 0, boot)
    start = struct.pack("<IBBH", len(body), 1, 0, 0)
    crc = crc32c(struct.pack("<Q", salt) + bytes(8) + start + rest + body)
    content = b"TPCe" + struct.pack("<I", crc) + struct.pack("<IBBH", len(body), 1, state, 0) + rest + body
    return content + bytes(-len(content) % 8)


def offsets(content):
    """Where the records of a segment are."""
    return [at for at in range(HEADER, len(content), 8) if content[at : at + 4] == b"TPCe"]


def private(path, content):
    """A file as the library makes them."""
    path.write_bytes(content)
    path.chmod(0o600)
    return path
