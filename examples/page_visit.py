# SPDX-License-Identifier: Apache-2.0
"""Sends one page visit and waits up to five seconds for its delivery.

    pip install build/python/tpc_events-*.whl
    TPC_API_KEY=... python page_visit.py
"""

import sys

import tpc

# Takes its options from the environment: TPC_API_KEY and so on. A server creates one client and keeps it.
client = tpc.Client()
# One event per request. A wrong value is refused here; fields that are not given stay absent.
client.track(
    href="https://docs.example.com/quickstart",
    user_agent="page_visit.py",
    properties={"status": 200},
)
# At the end: delivers what is queued, and returns how many events could not be delivered.
undelivered = client.close(timeout=5)
if undelivered:
    sys.exit(f"not delivered: {undelivered}")
print("one page visit was delivered")
