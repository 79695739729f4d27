# SPDX-License-Identifier: Apache-2.0
"""Sends one page visit and waits up to five seconds for its delivery.

    pip install build/python/tpc_events-*.whl
    TPC_API_KEY=... python page_visit.py
"""

import sys

import tpc

# The options of the environment, TPC_API_KEY and the like. A server makes one client and keeps it.
client = tpc.Client()
# Each request is an event. A wrong value is refused here, at once; what is not given stays absent.
client.track(
    href="https://docs.example.com/quickstart",
    user_agent="page_visit.py",
    properties={"status": 200},
)
# At the end: deliver what is queued, or say how much could not be.
undelivered = client.close(timeout=5)
if undelivered:
    sys.exit(f"not delivered: {undelivered}")
print("one page visit was delivered")
