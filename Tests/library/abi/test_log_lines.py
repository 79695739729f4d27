"""tpc_log_take: the log lines of clients whose log_descriptor is -1, for programs that have a log of their own.

The lines are the process's, so each test has one of its own.
"""

import os
import subprocess
import sys

import pytest
from support import paths

# A client logs one line, of its own, for each name that is given to `log`. `take` is a binding's use of the call.
BEGINNING = """
import ctypes, os
from support.header import constants
from support.library import shared
from support.objects import Client

kept = []
def log(*names, **options):
    for name in names:
        options = {"dry_run": True, "log_descriptor": -1, **options}
        kept.append(Client(shared_one=True, name=name, **options))
        Client(shared_one=True, name=name, **options, client_ip="omit")

def take(capacity=512):
    room, length = ctypes.create_string_buffer(b"x" * 600, 600), ctypes.c_size_t(77)
    status = shared().tpc_log_take(room, capacity, length)
    return status, room.value[: length.value].decode() if status == 0 else length.value, room.value == b"" or room.raw[length.value] == 0
"""
LINE = "warn: a shared client was asked for again with another value of client_ip; the first value counts: give the client another name, or close it first"


def run(code, **variables):
    """Runs code after the beginning; what it prints, and what is written to descriptor 2."""
    environment = {**os.environ, "PYTHONPATH": str(paths.ROOT / "Tests"), **variables}
    done = subprocess.run([sys.executable, "-c", BEGINNING + code], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_a_line_is_taken_once_with_its_level_and_without_its_end():
    taken, written = run("print(take()); log('a'); print(take()); print(take())")
    nothing = "(0, '', True)"
    assert taken.splitlines() == [nothing, str((0, LINE, True)), nothing]
    assert written == ""


def test_a_line_stays_until_there_is_room_for_it_and_its_nul():
    taken, _ = run(
        f"log('a'); print(take({len(LINE)})[:2]); length = ctypes.c_size_t()\n"
        f"print(shared().tpc_log_take(None, 0, length), length.value, shared().tpc_log_take(None, 0, None)); print(take({len(LINE) + 1}))\n"
        "print(shared().tpc_log_take(None, 0, length), length.value)"
    )
    too_small, length = -10, len(LINE)
    assert taken.splitlines() == [
        str((too_small, length)), f"{too_small} {length} {too_small}", str((0, LINE, True)), "0 0",
    ]  # fmt: skip


def test_16_lines_are_kept_and_a_last_one_says_how_many_are_not():
    taken, _ = run("log(*'abcdefghijklmnopqrs'); print(*(take()[1] for _ in range(18)), sep='\\n')")
    assert taken.splitlines() == [*[LINE] * 16, "warn: further log lines that were not kept: 3", ""]


def test_until_the_last_line_is_taken_further_ones_are_counted_and_then_kept_again():
    taken, _ = run("log(*'abcdefghijklmnopq'); take(); log('r'); [take() for _ in range(15)]; print(take()[1]); log('s'); print(take()[1])")
    assert taken.splitlines() == ["warn: further log lines that were not kept: 2", LINE]


def test_lines_come_in_their_order_however_often_they_are_taken():
    code = """
for number in range(40):
    first = Client(shared_one=True, dry_run=True, log_descriptor=-1, name=f"n{number}")
    other = ["client_ip", "sample_rate", "trusted_proxies"][number % 3]
    Client(shared_one=True, name=f"n{number}", **{other: {"client_ip": "omit", "sample_rate": 0.5, "trusted_proxies": "private"}[other]})
    if number % 2: print(take()[1].split("value of ")[1].split(";")[0], take()[1].split("value of ")[1].split(";")[0])
"""
    taken, _ = run(code)
    assert taken.split() == [["client_ip", "sample_rate", "trusted_proxies"][number % 3] for number in range(40)]


def test_what_nobody_took_is_written_to_descriptor_2_by_the_exit():
    assert run("log('a', 'b'); take(); log('c')") == ("", f"tpc: {LINE}\n" * 2)


@pytest.mark.parametrize("descriptor", [-1, 2], ids=["first", "after-another"])
def test_the_lines_that_an_exit_s_delivery_logs_are_written(descriptor):
    """The client of the first line decides whether the lines' exit handler runs after the one that delivers, or before it."""
    code = f"""
import socket
server = socket.create_server(("127.0.0.1", 0))
url = f"http://127.0.0.1:{{server.getsockname()[1]}}"
options = {{"api_key": "key-of-the-test", "base_url": url, "exit_timeout_ms": 1}}
first = Client(log_descriptor={descriptor}, **options)
client = Client(log_descriptor=-1, **options)
client.track_json('{{"event":"page_visit","page":{{"href":"x:y"}}}}')
"""
    assert run(code) == ("", "tpc: warn: the process ends before all events were delivered, pending: 1\n")


def test_a_forked_child_takes_and_writes_its_own_lines_only():
    code = """
log('a')
child = os.fork()
if child == 0:
    print(take(), flush=True)
    log('b', 'c', 'd')
    take()
    ctypes.CDLL(None).exit(0)
assert os.waitpid(child, 0)[1] == 0
print(take()[1])
"""
    assert run(code) == (f"(0, '', True)\n{LINE}\n", f"tpc: {LINE}\n" * 2)


def test_a_process_of_many_threads_loses_no_line_and_waits_for_none():
    code = """
import threading
lines, names, done = [], iter(range(400)), threading.Event()
def make():
    for name in names:
        log(f"n{name}")
        while len(kept) - len(lines) > 8: pass
def collect():
    while not done.is_set() or take_one(): take_one()
def take_one():
    line = take()[1]
    if line: lines.append(line)
    return line
taker = threading.Thread(target=collect); taker.start()
make(); done.set(); taker.join()
print(len(lines), len(set(lines)))
"""
    assert run(code)[0] == "400 1\n"


def test_the_unread_variables_are_among_the_lines():
    taken, _ = run(
        "options = __import__('support.objects').objects.Options(dry_run=True, log_descriptor=-1); options.load_environment()\n"
        "Client(options); print(take()[1])",
        TPC_TRUSTED_PROXY="private",
    )
    assert taken == "warn: the variable TPC_TRUSTED_PROXY is not read; did you mean TPC_TRUSTED_PROXIES?\n"


@pytest.mark.parametrize("descriptor", ["2", "1"])
def test_with_a_descriptor_lines_go_there_and_are_not_kept(descriptor):
    written = run(f"log('a', log_descriptor={descriptor}); print(take()[1], end='', flush=True)")
    assert written[int(descriptor) - 1] == f"tpc: {LINE}\n" and written[2 - int(descriptor)] == ""
