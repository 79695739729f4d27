"""Each text that docs/troubleshooting.md explains is what the library, the tool or the system really says."""

import ctypes
import json
import os
import re
import select
import socket
import sys

import pytest

import pages
from support.servers.collector_process import CollectorProcess
from support import paths
from support.library import TPCError
from support.objects import Client, Event, Options

LOG_SECONDS = 60


def refusal(call, *arguments, **values):
    """Field and message of the error that the call returns."""
    with pytest.raises(TPCError) as refused:
        call(*arguments, **values)
    return ": ".join(filter(None, (refused.value.field, refused.value.message)))


@pytest.fixture
def deaf():
    """A port on which nobody listens, and which nobody else gets."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def undelivering(deaf):
    with Client(api_key="key-of-the-test", base_url=f"http://127.0.0.1:{deaf}", log_level="off", queue_max_events=1) as client:
        yield client


def logged(base_url):
    """The first line in the log of a client whose only event does not get through."""
    reading, writing = os.pipe()
    options = {"base_url": base_url, "log_descriptor": writing, "retry_initial_ms": 1, "retry_max_ms": 1}
    try:
        with Client(api_key="key-of-the-test", **options) as client, Event("https://example.com/") as event:
            client.track(event)
            assert select.select([reading], [], [], LOG_SECONDS)[0], "nothing was logged"
            return os.read(reading, 4096).decode().splitlines()[0]
    finally:
        os.close(reading)
        os.close(writing)


def loader_error(program, name, run, folder):
    """What the system says when a library is missing: the program is made to need one that no machine has."""
    missing = name[:-1] + "X"
    text = program.read_bytes()
    assert name.encode() + b"\0" in text
    copy = folder / "program"
    copy.write_bytes(text.replace(name.encode() + b"\0", missing.encode() + b"\0"))
    copy.chmod(0o755)
    done = run(copy, check=False, env={"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": str(paths.LIBRARY.parent)})
    assert done.returncode == 127
    return done.stderr.strip().removeprefix(f"{copy}: ").replace(missing, name)


def explained(text):
    assert text in pages.error_texts()


def test_no_credential(run, surroundings):
    text = refusal(Client)
    explained(text)
    done = run("tpc-events", "send", "--href", "https://example.com/", check=False, env=surroundings)
    assert text in done.stderr and done.returncode == 2


def test_plain_http_to_another_machine():
    explained(refusal(Client, api_key="key-of-the-test", base_url="http://ingest.example.com"))


def test_an_unknown_option():
    explained(refusal(Options, request_timeout=1))


def test_a_bad_value(run, surroundings):
    text = refusal(Options, request_timeout_ms="soon")
    explained(text)
    environment = {**surroundings, "TPC_REQUEST_TIMEOUT_MS": "soon"}
    done = run("tpc-events", "send", "--href", "https://example.com/", check=False, env=environment)
    # The message begins with the variable's name, as the page says.
    assert text.replace("request_timeout_ms", "TPC_REQUEST_TIMEOUT_MS") in done.stderr


def test_a_certificate_file_that_cannot_be_read(tmp_path):
    explained(refusal(Client, api_key="key-of-the-test", ca_file=tmp_path / "none.pem"))


def test_a_wrong_key():
    with CollectorProcess("--quiet", "--credential", "api_key=another") as collector:
        explained(logged(collector.url))


def test_nobody_listens(deaf):
    explained(logged(f"http://127.0.0.1:{deaf}"))


def test_the_other_words_in_the_brackets_are_libcurls():
    curl = ctypes.CDLL("libcurl.so.4")
    curl.curl_easy_strerror.restype = ctypes.c_char_p
    said = {curl.curl_easy_strerror(code).decode() for code in (6, 28, 60)}
    paragraph = re.search(r"Other words.*?\n\n", pages.PAGES["docs/troubleshooting.md"].text, re.DOTALL)[0]
    assert {text for text in re.findall(r"`(.+?)`", paragraph, re.DOTALL)} == said


# Tracks an event to where nobody listens, and returns from the program.
ONE_EVENT = """
import sys
from support.objects import Client, Event
client = Client(api_key="key-of-the-test", base_url=sys.argv[1], exit_timeout_ms=1)
with Event("https://example.com/") as event:
    client.track(event)
"""


def logged_by(run, url, **environment):
    """What a program that tracks one event logs."""
    tests = {"PYTHONPATH": str(paths.ROOT / "Tests"), "PATH": os.environ["PATH"]}
    done = run(sys.executable, "-c", ONE_EVENT, url, check=False, env={**tests, **environment})
    return [line for line in done.stderr.splitlines() if line.startswith("tpc: ")]


def test_a_process_that_ends_with_an_event_pending(run, deaf):
    explained(logged_by(run, f"http://127.0.0.1:{deaf}")[-1])


def test_a_system_that_refuses_threads(run, deaf, tmp_path):
    source, library = tmp_path / "no_threads.c", tmp_path / "no_threads.so"
    source.write_text("int pthread_create(void *a, void *b, void *c, void *d) { return 11; /* EAGAIN */ }\n")
    run("cc", "-shared", "-fPIC", "-fno-builtin", "-o", library, source)
    explained(logged_by(run, f"http://127.0.0.1:{deaf}", LD_PRELOAD=str(library))[-1])


def test_json_without_the_member_event():
    explained(refusal(Event.from_json, '{"page": {"href": "https://example.com/"}}'))


def test_a_url_that_is_not_a_valid_uri():
    explained(refusal(Event, "https://example.com/a b"))


def test_a_path_in_place_of_a_url():
    explained(refusal(Event, "/pricing"))


def test_a_full_queue(undelivering):
    with Event("https://example.com/") as event:
        undelivering.track(event)
        explained(refusal(undelivering.track, event))


def test_a_large_event(undelivering):
    event = json.loads(pages.blocks("event")[0].text)
    event["properties"]["text"] = ""
    event["properties"]["text"] = "x" * (40_000 - len(json.dumps(event, separators=(",", ":"))))
    explained(refusal(undelivering.track_json, json.dumps(event, separators=(",", ":"))))


def test_a_closed_client(undelivering):
    undelivering.free()
    with Event("https://example.com/") as event:
        explained(refusal(undelivering.track, event))


def test_a_port_that_is_taken(run, surroundings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(
            sys.executable, "-B", paths.ROOT / "examples/demo.py", "--port", port, "--build", paths.BUILD,
            check=False, env=surroundings,
        )  # fmt: skip
    assert done.returncode == 1
    explained(done.stderr.strip().replace(str(port + 1), "3001").replace(str(port), "3000"))


def test_pkg_config_does_not_know_the_library(run, surroundings, tmp_path):
    environment = {"PATH": surroundings["PATH"], "PKG_CONFIG_LIBDIR": str(tmp_path)}
    done = run("pkg-config", "--libs", "tpc", check=False, env=environment)
    explained(done.stderr.splitlines()[0])


def compiled(run, shim, *flags):
    """What clang says first about one of the headers that Swift compiles."""
    header = paths.ROOT / "Sources" / shim
    done = run("clang", "-fsyntax-only", *flags, "-x", "c", header, check=False)
    return re.search(r"error: (.*)", done.stderr)[1].strip('"')


def test_the_headers_of_libcurl_are_not_installed(run):
    explained(compiled(run, "CTPCCurl/curl_shim.h", "-nostdinc"))
    assert compiled(run, "CTPCJansson/jansson_shim.h", "-nostdinc") == "'jansson.h' file not found"


def test_another_system_than_linux(run):
    explained(compiled(run, "CTPCPOSIX/posix.h", "-target", "x86_64-apple-macos"))


def test_the_loader_does_not_find_the_library(run, surroundings, tmp_path):
    flags = run("pkg-config", "--cflags", "--libs", "tpc", env=surroundings).stdout.split()
    program = tmp_path / "page_visit"
    run("cc", "-o", program, paths.ROOT / "examples/page_visit.c", *flags)
    explained(loader_error(program, "libtpc.so.0", run, tmp_path))


def test_the_loader_does_not_find_libjansson(run, tmp_path):
    explained(loader_error(paths.BUILD / "bin/tpc-events", "libjansson.so.4", run, tmp_path))


def test_every_text_that_is_explained_has_a_test_that_brings_it_about():
    tests = [name for name, value in globals().items() if name.startswith("test_") and "explained" in value.__code__.co_names]
    assert len(tests) == len(set(pages.error_texts()))
