# SPDX-License-Identifier: Apache-2.0
"""What forks.c does, from Python: forks beside a live sender, a queue that is never empty and four threads that track.

    forks.py CHILDREN URL_OF_A_SERVER_THAT_HANGS

What a child does goes by its number (see `KINDS`). Every sender prints its name and how many events it had accepted.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import traceback

import tpc

PATIENCE, THREADS, AT_ONCE, HUNG = 60, 4, 5, 10

client = tpc.Client()
hung = tpc.Client(base_url=sys.argv[2], exit_timeout_ms=0)
# No Event: its lock could be taken for ever in a child.
is_stopping = False


def say(sender, count):
    # In one piece: other processes write to the same pipe.
    os.write(1, f"{sender} {count}\n".encode())


def track(one, sender, number):
    one.track(href="https://example.com/", event_id=f"{sender}-{number}")


def track_some(sender, count=3):
    for number in range(count):
        track(client, sender, number)
    say(sender, count)


def expect_nothing_of_the_parents(one):
    found = one.stats()
    assert (found.accepted, found.pending, found.requests, found.in_flight) == (0, 0, 0, 0), found


def sends(name):
    expect_nothing_of_the_parents(client)
    track_some(name)
    assert client.flush(PATIENCE) == 0
    assert client.close(PATIENCE) == 0


def silent(name):
    expect_nothing_of_the_parents(client)
    assert client.flush(0) == 0
    assert len(os.listdir("/proc/self/task")) == 1


def ends_by_itself(name):
    """Neither flushes nor closes: its exit delivers."""
    track_some(name)


def nested(name):
    track_some(name)
    expect_end(start_child(f"grand{name}", sends))
    assert client.close(PATIENCE) == 0


def meets_a_server_that_hangs(name):
    expect_nothing_of_the_parents(hung)
    track(hung, name, 0)
    assert hung.flush(0.05) == 1
    assert hung.close(0.05) == 1
    sends(name)


KINDS = [sends, silent, ends_by_itself, nested, meets_a_server_that_hangs]


def start_child(name, be):
    """The pid of a child, which does `be` and ends as the interpreter does. One that hangs ends by SIGALRM."""
    pid = os.fork()
    if pid:
        return pid
    signal.alarm(2 * PATIENCE)
    try:
        be(name)
    except Exception:
        traceback.print_exc()
        os._exit(1)
    sys.exit(0)


def expect_end(pid):
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def start(number):
    """A child of one kind or the other, as what waits for its end."""
    kind = number % (len(KINDS) + 2)
    name = f"child-{number}"
    if kind == len(KINDS):
        process = multiprocessing.get_context("fork").Process(target=sends, args=(name,))
        process.start()
        # At once: multiprocessing in the next child would take it for its own.
        process.join()
        assert process.exitcode == 0
        return lambda: None
    if kind > len(KINDS):
        before = client.stats().accepted
        looks = "import os; assert not set(os.listdir('/proc/self/fd')) - {'0', '1', '2', '3'}"
        started = subprocess.Popen([sys.executable, "-S", "-c", looks], close_fds=False)
        assert client.stats().accepted >= before > 0
        return lambda: expect_zero(started.wait())
    pid = start_child(name, KINDS[kind])
    return lambda: expect_end(pid)


def expect_zero(code):
    assert code == 0, code


def keep_tracking(sender):
    count = 0
    while not is_stopping:
        try:
            track(client, sender, count)
            count += 1
        except tpc.QueueFull:
            time.sleep(0.001)
    say(sender, count)


def main():
    global is_stopping
    for number in range(HUNG):
        track(hung, "parent-hung", number)
    threads = [threading.Thread(target=keep_tracking, args=(f"parent-{number}",)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        while client.stats().requests == 0:
            time.sleep(0.001)
        waiting = []
        for number in range(int(sys.argv[1])):
            while client.stats().pending == 0:
                time.sleep(0.0001)
            waiting.append(start(number))
            if len(waiting) == AT_ONCE:
                waiting.pop(0)()
        for wait in waiting:
            wait()
    finally:
        is_stopping = True
        for thread in threads:
            thread.join()
    assert hung.close(0) == HUNG
    assert client.close(PATIENCE) == 0


main()
