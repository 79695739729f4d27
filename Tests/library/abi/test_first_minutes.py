"""What somebody meets in the first minutes: a mounted key, a local server, a test of the configuration."""

import os

import pytest
from support.library import ErrorRecord, TPCError, check, shared
from support.objects import Client, Options

from .option_table import OPTIONS

VISIT = '{"event":"page_visit","page":{"href":"https://example.com/"}}'
KEY = "key-of-the-file"


def validate(options):
    record = ErrorRecord()
    check(shared().tpc_options_validate(options and options.handle, record), record)


def refusal(call, *arguments, **values):
    with pytest.raises(TPCError) as refused:
        call(*arguments, **values)
    assert refused.value.name == "TPC_ERROR_INVALID_OPTION"
    return refused.value


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_key_is_read_from_its_file_without_the_line_s_end(end, server, tmp_path):
    (tmp_path / "key").write_bytes(KEY.encode() + end)
    with Client(base_url=server.url, api_key_file=str(tmp_path / "key")) as client:
        client.track_json(VISIT)
        assert client.close() == 0
    assert server.requests[0].headers["x-api-key"] == KEY


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "names a file that does not exist"),
        (b"", "names an empty file"),
        (b"\n", "names an empty file"),
        (b"Zq7Marker\nZq7Marker", "found a control character"),
        (b"Zq7Marker\0", "found a control character"),
        (b"Zq7Marker\xff", "expected valid UTF-8"),
        (b"Zq7Marker" * 1000, "expected at most 4,096 bytes"),
    ],
)
def test_a_file_that_holds_no_key_is_refused_without_its_content(content, words, tmp_path):
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    error = refusal(Client, api_key_file=str(tmp_path / "key"))
    assert (error.field, words in error.message, "Zq7" in error.message) == ("api_key_file", True, False)


def test_a_longest_key_fits_with_its_line_s_end(tmp_path):
    (tmp_path / "key").write_bytes(b"k" * 4096 + b"\r\n")
    with Options(api_key_file=str(tmp_path / "key")) as options:
        validate(options)


def test_a_pipe_or_a_folder_in_the_file_s_stead_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        assert "names something other than a file" in refusal(Client, api_key_file=str(tmp_path / name)).message


def test_a_key_and_its_file_are_refused_together(tmp_path):
    (tmp_path / "key").write_text(KEY)
    error = refusal(Client, api_key=KEY, api_key_file=str(tmp_path / "key"))
    assert (error.field, "expected one of them" in error.message) == ("api_key_file", True)


def test_where_nothing_is_sent_the_key_s_file_need_not_be_there():
    for name in ("enabled", "dry_run"):
        with Client(api_key_file="/nonexistent/key", **{name: name == "dry_run"}):
            pass


def test_of_key_and_file_the_one_that_is_set_replaces_both_of_the_environment(server, tmp_path, monkeypatch):
    (tmp_path / "key").write_text(KEY)
    monkeypatch.setenv("TPC_API_KEY", "key-of-the-environment")
    with Options(base_url=server.url) as options:
        options.load_environment()
        options.set("api_key_file", str(tmp_path / "key"))
        with Client(options) as client:
            client.track_json(VISIT)
            client.close()
    monkeypatch.delenv("TPC_API_KEY")
    monkeypatch.setenv("TPC_API_KEY_FILE", str(tmp_path / "key"))
    with Options(base_url=server.url, api_key="key-of-before") as options:
        options.load_environment()
        with Client(options) as client:
            client.track_json(VISIT)
            client.close()
    assert [request.headers["x-api-key"] for request in server.requests] == [KEY, KEY]


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "A.B-c.LocalHost"])
def test_names_of_this_machine_are_reached_without_a_name_server(host, server):
    """No name server knows these names, so only a fixed address leads to the server."""
    with Client(api_key=KEY, base_url=server.url.replace("127.0.0.1", host)) as client:
        client.track_json(VISIT)
        assert client.close() == 0
    assert server.requests[0].headers["host"].lower().startswith(host.lower() + ":")


def test_validating_finds_what_making_a_client_would_find(tmp_path):
    for values, field in (
        ({}, "api_key"),
        ({"api_key": KEY, "base_url": "http://example.com"}, "base_url"),
        ({"api_key": KEY, "ca_file": "/nonexistent"}, "ca_file"),
        ({"api_key_file": "/nonexistent"}, "api_key_file"),
        ({"api_key": KEY, "trusted_proxies": "nonsense"}, "trusted_proxies"),
    ):
        with Options(**values) as options:
            found = refusal(validate, options)
            made = refusal(Client, options)
        assert (found.field, found.message) == (made.field, made.message) and found.field == field
    with Options(api_key=KEY) as options:
        validate(options)


def test_validating_without_options_takes_the_environment(monkeypatch):
    monkeypatch.delenv("TPC_API_KEY", raising=False)
    assert refusal(validate, None).field == "api_key"
    monkeypatch.setenv("TPC_API_KEY", KEY)
    validate(None)
    monkeypatch.setenv("TPC_MAX_IN_FLIGHT", "many")
    assert refusal(validate, None).field == "TPC_MAX_IN_FLIGHT"


def test_the_names_of_the_options_are_had_by_index():
    name = shared().tpc_option_name
    assert [name(index).decode() for index in range(len(OPTIONS))] == [option.name for option in OPTIONS]
    assert [name(index) for index in (len(OPTIONS), 2**31, 2**63, 2**64 - 1)] == [None] * 4
