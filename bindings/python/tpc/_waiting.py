# SPDX-License-Identifier: Apache-2.0
"""Lets the calls that wait do so without stopping what else the thread does: asyncio's loop or gevent's hub."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any, Callable, TypeVar

Result = TypeVar("Result")


def waiting(call: Callable[[], Result]) -> Result:
    """The result of a call that waits. Where gevent's hub runs in this thread, the call runs in its pool of threads, so that other
    greenlets go on.
    """
    gevent: Any = sys.modules.get("gevent")  # without it, there are no greenlets to stop
    if gevent is None:
        return call()
    hub = getattr(sys.modules.get("gevent._hub_local"), "get_hub_if_exists", gevent.get_hub)()
    if hub is None or gevent.getcurrent() is hub:  # the hub itself cannot wait for anything
        return call()
    result: Result = hub.threadpool.apply(call)
    return result


async def waiting_async(call: Callable[[], Result]) -> Result:
    """The same in asyncio. The call has a thread of its own: the loop's executor may be full, or shut down already."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(result: Any, error: Any) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def run() -> None:
        result = error = None
        try:
            result = waiting(call)
        except BaseException as raised:
            error = raised
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:  # the loop is closed: nobody waits any more
            pass

    try:
        threading.Thread(target=run, name="tpc", daemon=True).start()
    except RuntimeError:  # the system refuses a thread, or the interpreter ends
        return call()
    return await done
