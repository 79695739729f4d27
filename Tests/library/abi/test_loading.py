"""Loading the library, and what becomes of it when a host unloads it."""

import subprocess
import sys

import pytest
from support import paths
from support.servers.fault_server import FaultServer, Reply

from .building import environment

# What the process looks like from outside, and a library's effect on it. Its arguments: the library's path.
LOADING = """
import ctypes, os, sys

def snapshot():
    wanted = ("SigBlk", "SigIgn", "SigCgt", "Threads", "Umask", "NoNewPrivs", "Seccomp")
    status = {line.partition(":")[0]: line.partition(":")[2].strip() for line in open("/proc/self/status")}
    variables, at = [], ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    while at[len(variables)] is not None:
        variables.append(at[len(variables)])
    return {
        "status": {name: status.get(name) for name in wanted},
        "threads": len(os.listdir("/proc/self/task")),
        "descriptors": {name: os.readlink("/proc/self/fd/" + name) for name in os.listdir("/proc/self/fd")
                        if os.path.exists("/proc/self/fd/" + name)},
        "environment": variables,
        "folder": os.getcwd(),
        "locale": ctypes.CDLL(None).setlocale(6, None),
    }

# What curl and its TLS library do when they are loaded is theirs.
for name in ("libcurl.so.4", "libjansson.so.4"):
    ctypes.CDLL(name)
before = snapshot()
library = ctypes.CDLL(sys.argv[1])
assert "libtpc" in open("/proc/self/maps").read()
"""

UNLOADING = """
import _ctypes, ctypes, sys
library = ctypes.CDLL(sys.argv[1])
number, set_option = library.tpc_version_number, library.tpc_options_set
new_options, new_client = library.tpc_options_new, library.tpc_client_new
track, close, report = library.tpc_client_track_json, library.tpc_client_close, library.tpc_report_outcome
new_options.restype = ctypes.c_void_p
options = ctypes.c_void_p(new_options())
for name, value in ((b"base_url", sys.argv[2].encode()), (b"api_key", b"key"), (b"log_level", b"off")):
    assert set_option(options, name, ctypes.c_size_t(len(name)), value, ctypes.c_size_t(len(value)), None) == 0
client = ctypes.c_void_p()
assert new_client(options, ctypes.byref(client), None) == 0
event = b'{"event":"page_visit","page":{"href":"https://example.com/"}}'
assert track(client, event, ctypes.c_size_t(len(event)), None) == 0
"""


def run_python(text, *arguments, **variables):
    done = subprocess.run(
        [sys.executable, "-c", text, str(paths.LIBRARY), *arguments],
        env=environment(**variables), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_loading_changes_nothing_in_the_process():
    run_python(LOADING + "after = snapshot()\nassert before == after, (before, after)\n")


def test_the_comparison_of_the_process_sees_what_a_library_could_change():
    for change in (
        "os.pipe()",
        "os.environb[b'ADDED'] = b'1'",
        "os.umask(0o111)",
        "__import__('signal').signal(10, lambda *_: None)",
        "__import__('signal').pthread_sigmask(0, [12])",
        "__import__('threading').Thread(target=__import__('time').sleep, args=(30,), daemon=True).start()",
    ):
        run_python(LOADING + f"{change}\nassert before != snapshot(), {change!r}\nos._exit(0)\n")


def test_options_events_and_a_client_that_sends_nothing_start_no_thread():
    run_python(
        LOADING
        + """
library.tpc_options_new.restype = library.tpc_event_new.restype = ctypes.c_void_p
options, event = ctypes.c_void_p(library.tpc_options_new()), ctypes.c_void_p(library.tpc_event_new())
client = ctypes.c_void_p()
assert library.tpc_client_new(None, ctypes.byref(client), None) == 0
assert client.value
assert len(os.listdir("/proc/self/task")) == 1
after = snapshot()
for name in ("status", "threads", "environment", "folder", "locale"):
    assert before[name] == after[name], name
assert library.tpc_client_close(client, 0, None) == 0
library.tpc_options_free(options)
library.tpc_event_free(event)
""",
        TPC_API_KEY="key-of-the-test",
    )


def test_it_works_again_after_a_host_unloads_and_loads_it():
    run_python(
        """
import _ctypes, ctypes, sys
for turn in range(3):
    library = ctypes.CDLL(sys.argv[1])
    assert library.tpc_version_number() > 0
    _ctypes.dlclose(library._handle)
assert "libtpc" in open("/proc/self/maps").read()
"""
    )


def test_a_sender_that_runs_when_a_host_unloads_the_library_goes_on():
    # The first answer is a refusal, so that the sender has something to do after the library was unloaded.
    with FaultServer([Reply(503, headers={"Retry-After": "0"})]) as server:
        run_python(
            UNLOADING
            + """
_ctypes.dlclose(library._handle)
assert number() > 0
assert close(client, 20000, None) == 0
""",
            server.url,
        )
        assert len(server.requests) == 2


@pytest.mark.parametrize("how", ["sys.exit(0)", "__import__('os')._exit(0)", "pass"])
def test_a_process_ends_in_peace_with_a_client_open(how):
    with FaultServer() as server:
        run_python(UNLOADING + how + "\n", server.url)
