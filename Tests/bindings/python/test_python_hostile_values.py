# SPDX-License-Identifier: Apache-2.0
"""Whatever a program passes, only tpc.Error leaves the calls that its requests depend on."""

import collections.abc
import datetime

import pytest
import tpc

HREF = "https://example.com/"


def nested(depth):
    value = "deepest"
    for _ in range(depth):
        value = [value]
    return value


class Raising(collections.abc.Mapping):
    """A mapping whose own code fails, with a visitor's data in its text."""

    def __getitem__(self, name):
        raise LookupError("secret-of-a-visitor")

    def __iter__(self):
        return iter(["one"])

    def __len__(self):
        return 1


class NoTime(datetime.datetime):
    """As pandas.NaT: a datetime without a time."""

    def utcoffset(self):
        raise ValueError("NaTType does not support utcoffset")


class OddText(str):
    """A str whose own methods are not those of a str."""

    def _fails(self, *arguments):
        raise LookupError("secret-of-a-visitor")

    encode = isascii = replace = _fails


VISITS = {
    "nesting in a property": ({"href": HREF, "properties": {"a": nested(5000)}}, "deeper than Python goes"),
    "a mapping that raises": ({"href": HREF, "properties": Raising()}, "raised LookupError when it was read"),
    "a datetime without a time": ({"href": HREF, "occurred_at": NoTime(2026, 1, 1)}, "found NoTime"),
    "a datetime without a time in a property": ({"href": HREF, "properties": {"at": NoTime(2026, 1, 1)}}, "found NoTime"),
    "an integer without end": ({"href": HREF, "properties": {"a": 10**5000}}, "more digits than Python prints"),
    "a lone surrogate": ({"href": HREF + "\ud83d"}, "lone surrogate"),
}


@pytest.mark.parametrize("case", VISITS)
def test_a_visit_that_cannot_be_read_is_a_validation_error(client, case):
    fields, message = VISITS[case]
    with pytest.raises(tpc.Error, match=message) as caught:
        client(dry_run=True).track(**fields)
    assert "secret-of-a-visitor" not in repr(caught.value)


@pytest.mark.parametrize("event", [Raising(), nested(5000), {"page": Raising()}, {1: 2}, object(), [], "text"])
def test_so_is_an_event_in_the_contracts_shape(client, event):
    sender = client(dry_run=True)
    for call in (sender.track, sender.track_request):
        with pytest.raises(tpc.Error) as caught:
            call(event)
        assert "secret-of-a-visitor" not in repr(caught.value)


def test_text_whose_methods_are_odd_is_text(sent):
    event = sent(href=OddText(HREF), title=OddText("é"), properties={OddText("é/~"): OddText("é")})
    assert event["page"]["title"] == "é" and event["properties"] == {"é/~": "é"}


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_json_comes_as_bytes_of_any_kind(client, collector, kind):
    sender = client()
    sender.track_json(kind(b'{"event": "page_visit", "page": {"href": "https://example.com/bytes"}}'))
    assert sender.flush(60) == 0 and collector.good()[0]["event"]["page"]["pathname"] == "/bytes"


def test_json_of_another_kind_is_a_validation_error(client):
    released = memoryview(b"{}")
    released.release()
    for text in (5, None, {"event": "page_visit"}, released, "\ud83d"):
        with pytest.raises(tpc.ValidationError):
            client(dry_run=True).track_json(text)


def itself():
    value = []
    value.append(value)
    return value


OPTIONS = {
    "a list in itself": (itself(), "nested too deeply"),
    "an integer without end": (10**5000, "raised ValueError"),
    "a high surrogate": ("\ud83d", "lone surrogate"),
    "a mapping": ({}, "found dict"),
    "bytes": (b"x", "found bytes"),
}


@pytest.mark.parametrize("case", OPTIONS)
@pytest.mark.parametrize("create", [tpc.Client, tpc.Client.shared, tpc.validate_options])
def test_an_option_that_cannot_be_read_is_an_option_error(create, case):
    value, message = OPTIONS[case]
    with pytest.raises(tpc.OptionError, match=message) as caught:
        create(api_key="key", redact_query=value)
    assert caught.value.field == "redact_query"


@pytest.mark.parametrize("name", ["apiKey", "API_KEY", "Api_Key"])
def test_an_option_in_capitals_keeps_its_name_in_the_message(name):
    with pytest.raises(tpc.OptionError) as caught:
        tpc.Client(**{name: "secret"})
    assert str(caught.value) == f"{name}: is not an option; did you mean api_key?"


def test_a_name_that_no_option_has_is_an_option_error():
    for name in ("\ud83d", "a b", "x" * 100, ""):
        with pytest.raises(tpc.OptionError):
            tpc.Client(**{name: "secret"})


def test_those_who_listen_for_reports_wake_although_close_is_interrupted(client, monkeypatch):
    sender = client()
    woken = []
    sender._wakers.add(lambda: woken.append(True))

    class Interrupted:
        def tpc_client_close(self, *arguments):
            raise KeyboardInterrupt

    library = sender._library
    monkeypatch.setattr(sender, "_library", Interrupted())
    with pytest.raises(KeyboardInterrupt):
        sender.close()
    sender._library = library
    assert woken == [True]
