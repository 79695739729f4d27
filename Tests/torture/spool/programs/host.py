# SPDX-License-Identifier: Apache-2.0
"""What host.c does, from Python."""

import json
import os
import random
import signal
import sys
import time

import tpc

name, limit = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else sys.maxsize
ended = False


def end(*_):
    global ended
    ended = True


def say(line):
    os.write(1, f"{line}\n".encode())


signal.signal(signal.SIGTERM, end)
client = tpc.Client()
number = unspooled = 0
while not ended and number < limit:
    for _ in range(min(random.randint(1, 8), limit - number)):
        try:
            client.track(href="https://example.com/", event_id=f"{name}-{number}")
            is_accepted = True
        except tpc.QueueFull:
            is_accepted = False
        now = client.stats().unspooled
        if is_accepted:
            say(f"{'+' if now == unspooled else '~'}{name}-{number}")
        unspooled = now
        number += 1
    time.sleep(random.uniform(0, 0.024))
say("=" + json.dumps({"name": name, **client.stats()._asdict()}))
client.close(20)
