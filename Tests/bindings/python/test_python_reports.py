# SPDX-License-Identifier: Apache-2.0
"""Delivery reports, taken at once or as they come."""

import asyncio
import contextlib
import os

import pytest
import tpc

HREF = "https://example.com/"
PATIENCE = 60


def test_reports_tell_how_each_event_ended(client, collector):
    details = '{"field": "/page"}'
    body = f'{{"ok": false, "code": "invalid", "message": "no", "details": {details}}}'
    sender = client(report_capacity=10, max_connections=1)
    sender.track(href=HREF, event_id="first")
    assert sender.flush(PATIENCE) == 0
    collector.mode({"status": 422, "body": body, "count": 1})
    sender.track(href=HREF, event_id="second")
    assert sender.flush(PATIENCE) == 0
    first, second = sender.reports()
    assert (first.outcome, first.event_id, first.http_status, first.attempts) == ("delivered", "first", 200, 1)
    assert first.received_at.endswith("Z")
    assert second[:4] == ("rejected", "second", 422, 1)
    assert (second.code, second.message) == ("invalid", "no") and "/page" in second.details
    assert list(sender.reports()) == []


def test_an_async_loop_gets_reports_as_they_come_and_ends_with_the_client(client):
    sender = client(report_capacity=10)

    async def listen(first):
        found = []
        async for report in sender.reports_async():
            found.append(report.event_id)
            first.set()
        return found

    async def main():
        first = asyncio.Event()
        listening = asyncio.ensure_future(listen(first))
        # The listener waits for its descriptor before there is anything.
        await asyncio.sleep(0)
        sender.track(href=HREF, event_id="one")
        await asyncio.wait_for(first.wait(), PATIENCE)
        first.clear()
        sender.track(href=HREF, event_id="two")
        await asyncio.wait_for(first.wait(), PATIENCE)
        await asyncio.get_running_loop().run_in_executor(None, sender.close)
        return await asyncio.wait_for(listening, PATIENCE)

    assert asyncio.run(main()) == ["one", "two"]


def test_a_listener_that_stops_leaves_no_descriptor_behind(client):
    sender = client(report_capacity=10)

    async def listen_once():
        generator = sender.reports_async()
        sender.track(href=HREF)
        await asyncio.wait_for(generator.__anext__(), PATIENCE)
        await generator.aclose()
        return copies_of(sender)

    async def repeated():
        return [await listen_once() for _ in range(3)]

    assert len(set(asyncio.run(repeated()))) == 1


def copies_of(sender):
    """How many descriptors of this process are of the same kind as the client's own."""
    kinds = []
    for descriptor in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):
            kinds.append(os.readlink(f"/proc/self/fd/{descriptor}"))
    own = sender._library.tpc_client_report_descriptor(sender._token)
    return kinds.count(os.readlink(f"/proc/self/fd/{own}"))


def test_without_report_capacity_listening_says_what_is_missing(client):
    async def main(sender):
        async for _ in sender.reports_async():
            pass

    with pytest.raises(tpc.OptionError) as caught:
        asyncio.run(main(client()))
    assert caught.value.field == "report_capacity"
    closed = client(report_capacity=1)
    closed.close()
    with pytest.raises(tpc.Closed):
        asyncio.run(main(closed))
