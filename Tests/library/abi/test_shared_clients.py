"""tpc_client_shared: whom a call gets, by the options that it sets."""

import ctypes
import os
import subprocess
import sys

import pytest
from support import paths
from support.library import shared
from support.objects import Client, Options

OPTIONS = {"api_key": "key-of-the-test", "base_url": "http://127.0.0.1:9", "log_level": "off"}


@pytest.fixture
def ask():
    """Asks for a shared client; returns its token. All are closed at the end."""
    made = []

    def ask(**options):
        made.append(Client(shared_one=True, **options))
        return made[-1].handle

    yield ask
    for client in made:
        client.free()


def logged(descriptor):
    """The lines that were written to a file so far."""
    return os.pread(descriptor, 10_000, 0).decode().splitlines()


@pytest.fixture
def log(tmp_path):
    descriptor = os.open(tmp_path / "log", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    yield descriptor
    os.close(descriptor)


# In a process of its own, without other shared clients: a call that sets nothing contradicts nothing.
REPEATING = """
from support.objects import Client

options = {"api_key": "key", "base_url": "http://127.0.0.1:9", "log_level": "off"}
asks = [options, options, {"api_key": "key"}, {"log_level": "off"}, {}]
print(len({Client(shared_one=True, **given).handle for given in asks}))
"""


def test_without_a_name_a_call_gets_the_client_whose_options_it_repeats():
    assert subprocess.check_output([sys.executable, "-c", REPEATING], env={**os.environ, "PYTHONPATH": "Tests"}, cwd=paths.ROOT) == b"1\n"


@pytest.mark.parametrize(("name", "value"), [
    ("api_key", "another-key-of-the-test"), ("trusted_proxies", "private"), ("sample_rate", "0.5"), ("enabled", "false"),
    ("client_ip", "omit"), ("report_capacity", "1"), ("api_key_file", "/nowhere"), ("sdk_name", "tpc-other"),
])  # fmt: skip
def test_without_a_name_a_contradiction_means_another_client(ask, name, value):
    first = ask(**OPTIONS, dry_run=True)
    other = {**OPTIONS, "dry_run": True, name: value}
    if name == "api_key_file":
        del other["api_key"]
    second = ask(**other)
    assert second != first
    assert ask(**other) == second and ask(**OPTIONS, dry_run=True) == first


def test_values_that_are_written_differently_are_the_same(ask):
    first = ask(**OPTIONS, dry_run=True, sample_rate="0.50", retry_max_ms="0100")
    for same in ({"dry_run": "1"}, {"dry_run": "yes"}, {"sample_rate": ".5"}, {"retry_max_ms": "100"}):
        assert ask(**OPTIONS, **same) == first


def test_a_default_is_the_same_whether_it_is_set_or_not(ask):
    first = ask(**OPTIONS, queue_max_events=10_000)
    assert ask(**OPTIONS) == first
    assert ask(**OPTIONS, enabled=True, client_ip="full", sdk_name="libtpc", trusted_proxies="", request_timeout_ms="10000") == first


def test_what_the_environment_sets_counts_as_set(ask, monkeypatch):
    def with_environment(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with Options(**OPTIONS) as options:
            options.load_environment()
            out = ctypes.c_void_p()
            assert shared().tpc_client_shared(options.handle, out, None) == 0
            return out.value

    first = ask(**OPTIONS)
    assert with_environment() == first
    other = with_environment(TPC_TRUSTED_PROXIES="private")
    assert other != first and ask(trusted_proxies="private") == other
    shared().tpc_client_close(other, 0, None)


def test_a_name_alone_decides_and_the_first_contradiction_is_logged_without_its_value(ask, log):
    first = ask(**{**OPTIONS, "log_level": "warn"}, name="site", log_descriptor=log)
    assert ask(name="site") == first and ask(name="site", api_key="key-of-the-test") == first
    assert logged(log) == []
    assert ask(name="site", api_key="a-key-that-differs") == first
    assert ask(name="site", trusted_proxies="private") == first
    (line,) = logged(log)
    assert line.startswith("tpc: warn: a shared client was asked for again with another value of api_key; the first value counts")
    assert "differs" not in line and "key-of" not in line


def test_each_client_logs_its_own_contradiction(ask, log):
    for name in ("a", "b"):
        ask(dry_run=True, name=name, log_descriptor=log)
        ask(name=name, client_ip="omit")
    assert [line.partition("value of ")[2].partition(";")[0] for line in logged(log)] == ["client_ip", "client_ip"]


def test_without_a_name_no_contradiction_is_logged(ask, log):
    ask(dry_run=True, log_descriptor=log)
    ask(dry_run=True, client_ip="omit", log_descriptor=log)
    assert logged(log) == []


def test_named_and_unnamed_clients_are_never_taken_for_each_other(ask):
    named, unnamed = ask(**OPTIONS, name="site"), ask(**OPTIONS)
    assert named != unnamed and ask(**OPTIONS, name="other") not in (named, unnamed)
    assert ask(**OPTIONS, name="") == unnamed
    with Client(**OPTIONS) as private:
        assert ask(**OPTIONS) == unnamed != private.handle


def test_a_closed_or_released_client_is_not_found_again(ask):
    for end in (lambda token: shared().tpc_client_close(token, 0, None), shared().tpc_client_release):
        first = ask(**OPTIONS)
        assert end(first) == 0
        second = ask(**OPTIONS)
        assert second != first
        end(second)
