# SPDX-License-Identifier: Apache-2.0
"""flush and close do not stop asyncio's loop or gevent's hub."""

import asyncio
import subprocess
import sys

import pytest
import tpc

HREF = "https://example.com/"
PATIENCE = 60


def test_a_client_is_an_asynchronous_context_manager_that_delivers_at_its_end(collector):
    async def main():
        async with tpc.Client(base_url=collector.url, api_key="key-of-the-test") as client:
            client.track(href=HREF)
        return client

    client = asyncio.run(main())
    assert collector.totals()["good"] == 1
    with pytest.raises(tpc.Closed):
        client.track(href=HREF)


@pytest.mark.parametrize("call", ["aflush", "aclose"])
def test_the_loop_goes_on_while_a_call_waits(client, collector, call):
    collector.mode({"status": 503, "retry_after": 0})
    sender = client(retry_initial_ms=1, retry_max_ms=1)
    sender.track(href=HREF)

    async def end_the_outage():
        await asyncio.get_running_loop().run_in_executor(None, collector.mode, {})
        return "the loop went on"

    async def main():
        return await asyncio.gather(getattr(sender, call)(PATIENCE), end_the_outage())

    assert asyncio.run(main()) == [0, "the loop went on"]


def test_waiting_in_asyncio_raises_what_the_call_raises(client):
    with pytest.raises(tpc.InvalidArgument):
        asyncio.run(client().aflush(-1))


def test_a_call_that_is_cancelled_ends_by_itself(client, collector):
    collector.mode({"status": 503})
    sender = client()
    sender.track(href=HREF)

    async def main():
        waiting = asyncio.ensure_future(sender.aflush(0.05))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return await sender.aflush(0)

    assert asyncio.run(main()) == 1


GREENLETS = """
{patch}
import gevent, os
import tpc

client = tpc.Client(retry_initial_ms=600000, retry_max_ms=600000)
client.track(href="https://example.com/")
for call in (client.flush, client.close):
    ran = []
    other = gevent.spawn(ran.append, "the other greenlet")
    assert call(0.2) == 1
    assert ran, "the hub stood still"
assert client.close(0) == 0
"""


@pytest.mark.parametrize("patch", ["from gevent import monkey; monkey.patch_all()", "import gevent; gevent.get_hub()"], ids=["patched", "plain"])
def test_gevents_other_greenlets_go_on_while_a_call_waits(environment, collector, patch):
    collector.mode({"status": 503})
    done = subprocess.run(
        [sys.executable, "-c", GREENLETS.format(patch=patch)], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr


def test_gevent_is_not_imported_for_it(environment):
    program = "import sys, tpc; client = tpc.Client(); client.flush(); client.close(); assert 'gevent' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=PATIENCE)
