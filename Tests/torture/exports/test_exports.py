"""The exports under abuse. What may crash runs in a process of its own."""

import pathlib
import subprocess
import sys

import pytest
from support import paths
from support.header import constants
from support.library import TPCError
from support.objects import Event

from . import calls

FOLDER = pathlib.Path(__file__).resolve().parent


def output(*command):
    done = subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
    )  # fmt: skip
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def test_no_argument_crashes_a_call_from_two_threads_at_once():
    assert "no crash" in output(sys.executable, FOLDER / "calls.py", 1, 200)


def test_an_argument_of_a_new_kind_does_not_pass_unseen():
    with pytest.raises(calls.UnknownSignature):
        calls.single("angle", "float", "float", None)


@pytest.mark.parametrize("threads", [1, 4])
def test_a_closed_clients_token_does_nothing_to_the_client_in_its_place(threads, tmp_path):
    program = tmp_path / "tokens"
    library = paths.BUILD / "lib" / "libtpc.so.0"
    flags = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", f"-I{paths.HEADER.parent}"]
    output("cc", *flags, FOLDER / "tokens.c", "-o", program, library, f"-Wl,-rpath,{library.parent}")
    assert f"{threads * 5000} clients" in output(program, threads, 5000)


@pytest.mark.parametrize("set_text", [
    lambda event, text: event.set(constants.TPC_FIELD_PAGE_TITLE, text),
    lambda event, text: event.set_property("key", text),
    lambda event, text: event.set_property(text, "value"),
])  # fmt: skip
def test_a_text_beyond_an_events_limit_is_refused_before_it_is_read(set_text):
    # Were it read, its first byte would be what is refused.
    with Event("x:y") as event, pytest.raises(TPCError) as refused:
        set_text(event, b"\xff" * (1 << 21))
    assert refused.value.name == "TPC_ERROR_TOO_LARGE" and "1048576" in refused.value.message
