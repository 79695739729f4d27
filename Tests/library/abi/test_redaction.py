"""Secrets in URLs: the values of the parameters that redact_query names become REDACTED."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.header import constants
from support.library import TPCError
from support.objects import Client, Event
from support.servers.fault_server import FaultServer

from .option_table import REDACTED

URLS = [
    ("https://example.com/a?token=S", "https://example.com/a?token=REDACTED"),
    ("https://example.com/a?x=1&token=S&y=2", "https://example.com/a?x=1&token=REDACTED&y=2"),
    ("https://example.com/a?x=1;token=S;y=2", "https://example.com/a?x=1;token=REDACTED"),
    ("https://example.com/a?token=S#code=S", "https://example.com/a?token=REDACTED#code=REDACTED"),
    (
        "https://example.com/#access_token=S&state=x&id_token=S",
        "https://example.com/#access_token=REDACTED&state=x&id_token=REDACTED",
    ),
    ("https://example.com/#/route?token=S", "https://example.com/#/route?token=REDACTED"),
    ("https://example.com/?x=1?token=S", "https://example.com/?x=1?token=REDACTED"),
    ("https://example.com/?TOKEN=S&Api_Key=S", "https://example.com/?TOKEN=REDACTED&Api_Key=REDACTED"),
    ("https://example.com/?%74oken=S", "https://example.com/?%74oken=REDACTED"),
    ("https://example.com/?%54%4F%4b%45%6E=S", "https://example.com/?%54%4F%4b%45%6E=REDACTED"),
    ("https://example.com/?api%5Fkey=S", "https://example.com/?api%5Fkey=REDACTED"),
    ("https://example.com/?token=S=S&x=y", "https://example.com/?token=REDACTED&x=y"),
    ("https://example.com/?token=S?S/S:S@S", "https://example.com/?token=REDACTED"),
    ("https://example.com/?token=%53&&=&token=S", "https://example.com/?token=REDACTED&&=&token=REDACTED"),
    ("https://example.com/?token=", "https://example.com/?token=REDACTED"),
    ("urn:x?token=S", "urn:x?token=REDACTED"),
    ("https://example.com/?next=/reset%3Ftoken=S&x=1", "https://example.com/?next=REDACTED&x=1"),
    ("https://example.com/?next=/a%3Fx=1%26token=S", "https://example.com/?next=REDACTED"),
    ("https://example.com/?next=/reset%253Ftoken=S", "https://example.com/?next=REDACTED"),
    ("https://example.com/reset%3Ftoken=S/x", "https://example.com/REDACTED/x"),
    ("https://example.com/#!token=S", "https://example.com/#!token=REDACTED"),
    ("https://example.com/#!/a/token=S&x=1", "https://example.com/#!/a/token=REDACTED&x=1"),
    ("https://example.com/#/access_token=S", "https://example.com/#/access_token=REDACTED"),
    ("https://example.com/#%21token=S", "https://example.com/#%21token=REDACTED"),
    ("https://example.com/?next=https://S:S@e.com/&x=1", "https://example.com/?next=REDACTED&x=1"),
    ("https://example.com/?next=//S:S@e.com/&x=1", "https://example.com/?next=REDACTED&x=1"),
    ("https://example.com/?next=https%3A%2F%2FS:S@e.com/", "https://example.com/?next=REDACTED"),
    ("https://example.com/?q=see:https://S:S@e.com/&x=1", "https://example.com/?q=REDACTED&x=1"),
    ("https://example.com/?https://S:S@e.com/&x=1", "https://example.com/?REDACTED&x=1"),
    ("https://example.com/?https://S:S@e.com/x=1&y=2", "https://example.com/?REDACTED&y=2"),
    ("https://example.com/?https%3A%2F%2Fe.com%2F%3Ftoken%3DS", "https://example.com/?REDACTED"),
    ("https://example.com/#https://S:S@e.com/", "https://example.com/#REDACTED"),
    ("https://S:S@example.com/a", "https://example.com/a"),
    ("https://example.com/web/https://S:S@e.com/x", "https://example.com/web/https://e.com/x"),
    ("https://example.com/?token%3DS", "https://example.com/?REDACTED"),
    ("https://example.com/?to-ken=S&CODE%2D=S", "https://example.com/?to-ken=REDACTED&CODE%2D=REDACTED"),
]
UNTOUCHED = [
    "https://example.com/token=x",
    "https://example.com/a?token",
    "https://example.com/a?tokens=x&mytoken=x&to%2Bkens=x&=x&&",
    "https://example.com/a?x=token",
    "https://example.com/a?next=%2Fa%3Fx%3D1",
    "https://example.com/?%74oke=x&%ff=x&%00token=x&token%00=x",
    "https://example.com/",
    "https://example.com/?#",
    "https://example.com/@user/a@b?mail=a@b&x=%40&to=mailto:a@b",
    "https://example.com/?next=https://e.com/@user&x=//a/b@c",
    "https://example.com/?next=/a%3Fx=1%26y=2",
    "https://example.com/#!/a/x=1",
]
FIELDS = {
    "href": constants.TPC_FIELD_PAGE_HREF,
    "canonicalUrl": constants.TPC_FIELD_PAGE_CANONICAL_URL,
    "referrer": constants.TPC_FIELD_REQUEST_REFERRER,
}


def with_url(name, url):
    event = {"event": "page_visit", "page": {"href": "https://example.com/"}, "request": {}}
    event["request" if name == "referrer" else "page"][name] = url
    return event


def url_in(name, event):
    return event["request" if name == "referrer" else "page"][name]


@pytest.mark.parametrize("name", FIELDS)
def test_named_parameters_lose_their_values_wherever_they_are(name, sent):
    for url, expected in URLS:
        assert url_in(name, sent(with_url(name, url))) == expected
        with Event("https://example.com/") as event:
            event.set(FIELDS[name], url)
            assert url_in(name, sent(event)) == expected
            # The caller's event is the caller's.
            assert url_in(name, event.json()) == url


@pytest.mark.parametrize("name", FIELDS)
def test_other_urls_stay_as_they_are(name, sent):
    for url in UNTOUCHED:
        assert url_in(name, sent(with_url(name, url))) == url


@pytest.mark.parametrize("parameter", REDACTED.split(","))
def test_every_parameter_of_the_default_is_redacted(parameter, sent):
    assert (
        sent(with_url("href", f"https://e.com/?{parameter}=S"))["page"]["href"]
        == f"https://e.com/?{parameter}=REDACTED"
    )


def test_a_referrer_need_not_be_a_uri_to_be_redacted(sent):
    for url, expected in (
        ("/a?token=S", "/a?token=REDACTED"),
        ("?token=S", "?token=REDACTED"),
        ('https://e.com/ü "x"\\?token=S "\\\n日&y="z"\n', 'https://e.com/ü "x"\\?token=REDACTED&y="z"\n'),
        ("#code=" + "S" * 5000, "#code=REDACTED"),
    ):
        assert sent(with_url("referrer", url))["request"]["referrer"] == expected


@pytest.mark.parametrize(
    "escaped",
    [
        r"https://e.com/\u003ftoken=S",
        r"https://e.com/\u0023code=S",
        r"https://e.com/?\u0074oken=S",
        r"https://e.com/?token\u003dS",
        r"https:\/\/e.com\/?x=1\u0026token=S",
    ],
)
@pytest.mark.parametrize("name", [*FIELDS, "pathname"])
def test_escapes_of_json_hide_nothing(escaped, name, sent):
    text = json.dumps(with_url(name, "HERE")).replace("HERE", escaped)
    url = url_in(name, sent(text))
    assert url.endswith("=REDACTED") and "S" not in url.replace("REDACTED", "")


def test_a_pathname_with_a_query_is_redacted_too(sent):
    event = {"event": "page_visit", "page": {"href": "x:y", "pathname": "/a?token=S"}}
    assert sent(event)["page"]["pathname"] == "/a?token=REDACTED"


def test_the_option_replaces_the_list(sent):
    url = "https://e.com/?token=a&Mine=S&other=S&mine%2B=S"
    for names in ("mine,other,mine+", " Mine , OTHER ,,mine+,"):
        expected = "https://e.com/?token=a&Mine=REDACTED&other=REDACTED&mine%2B=REDACTED"
        assert sent(with_url("href", url), redact_query=names)["page"]["href"] == expected


def test_an_empty_list_redacts_nothing(sent):
    url = "https://e.com/?token=a&code=b#password=c"
    for names in ("", ",", " , "):
        assert sent(with_url("href", url), redact_query=names)["page"]["href"] == url


@pytest.mark.parametrize("length", [1, 63, 64])
def test_a_name_of_up_to_64_bytes_is_redacted(length, sent):
    parameter = "n" * length
    for written in (parameter, "%6E" * length, "%4e" * length):
        url = f"https://e.com/?x=1&{written}=S&y=2"
        expected = f"https://e.com/?x=1&{written}=REDACTED&y=2"
        assert sent(with_url("href", url), redact_query=parameter)["page"]["href"] == expected


@pytest.mark.parametrize("length", [65, 200, 1000])
def test_a_longer_name_is_refused_rather_than_ignored(length):
    for names in ("n" * length, "token," + "n" * length + ",code"):
        with pytest.raises(TPCError) as refused:
            Client(api_key="x", redact_query=names)
        assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_OPTION", "redact_query")
        assert "64 bytes" in refused.value.message


MARKER = "Zq7Marker"


@st.composite
def secret_names(draw):
    """A name of the list, each letter in either case, plain or percent-encoded."""
    letters = []
    for letter in draw(st.sampled_from(REDACTED.split(","))):
        letter = letter.upper() if draw(st.booleans()) else letter
        form = draw(st.sampled_from(["{}", "{}", "%{:02x}", "%{:02X}"]))
        letters.append(form.format(letter if form == "{}" else ord(letter)))
    return "".join(letters)


@st.composite
def urls_with_secrets(draw):
    url = "https://example.com/path"
    for separator in draw(st.lists(st.sampled_from("?&#;"), min_size=1, max_size=6)):
        if draw(st.booleans()):
            url += f"{separator if '?' in url or '#' in url else '?'}{draw(secret_names())}={MARKER}"
        else:
            url += separator + draw(st.text("abc%26=/?:@!$'()*+,-._~", max_size=8)).replace("%", "%25")
    return url


def test_no_secret_gets_through():
    with (
        FaultServer() as server,
        Client(base_url=server.url, api_key="x", log_level="off", queue_max_events=100_000) as client,
    ):

        @given(urls_with_secrets())
        def track(url):
            with Event("https://example.com/") as event:
                event.set(FIELDS["referrer"], url)
                client.track(event)

        track()
        client.flush()
        assert server.requests
        for request in server.requests:
            assert MARKER.encode() not in request.body, request.body
