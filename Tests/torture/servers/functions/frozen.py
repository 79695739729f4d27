# SPDX-License-Identifier: Apache-2.0
"""A function as a service runs it: tracks, freezes itself as the service would, and goes on after the thaw. The argument says how:
"cold" has never sent anything, "warm" has a connection, "flushes" does before it returns. Then what became of the events.
"""

import os
import signal
import sys

import tpc

way = sys.argv[1]
client = tpc.Client()
if way == "warm":
    client.track(href="https://example.com/warm")
    client.flush(60)
for number in range(20):
    client.track(href=f"https://example.com/{number}")
if way == "flushes":
    print("left:", client.flush(60), flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
client.flush(60)
stats = client.stats()
print(f"delivered {stats.delivered}, expired {stats.expired}", flush=True)
