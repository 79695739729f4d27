"""Options: their table, the values they take, unknown names, and how they fit together."""

import pytest
from support.header import constants
from support.library import TPCError
from support.objects import Client, Options

from .option_table import CREDENTIALS, OPTIONS, accepted, in_the_source, refused

each_option = pytest.mark.parametrize("option", OPTIONS, ids=str)


@pytest.fixture
def options():
    with Options() as made:
        yield made


def refusal(call, *arguments, **values):
    with pytest.raises(TPCError) as refused:
        call(*arguments, **values)
    assert refused.value.name == "TPC_ERROR_INVALID_OPTION"
    return refused.value


def test_the_librarys_table_is_the_one_that_is_promised():
    assert in_the_source() == OPTIONS


@each_option
def test_an_option_takes_what_its_table_says(option, options):
    for value in accepted(option):
        options.set(option.name, value)
    if option.default:
        options.set(option.name, option.default)


@each_option
def test_an_option_refuses_other_values_and_says_what_it_takes(option, options):
    values, words = refused(option)
    for value in values:
        error = refusal(options.set, option.name, value)
        assert error.field == option.name
        assert error.message.startswith("found ") and f"; {words}" in error.message


def test_a_refused_value_leaves_the_one_before(options):
    options.set("dry_run", "true")
    refusal(options.set, "dry_run", "maybe")
    with Client(options):
        pass


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("apikey", "api_key"),
        ("api-key", "api_key"),
        ("API_KEY", "api_key"),
        ("max_inflight", "max_in_flight"),
        ("organisation_id", "organization_id"),
        ("base_uri", "base_url"),
        ("log_lvl", "log_level"),
        ("dryrun", "dry_run"),
    ],
)
def test_an_unknown_name_is_refused_and_a_similar_one_is_suggested(name, nearest, options):
    assert refusal(options.set, name, "x").message == f"is not an option; did you mean {nearest}?"


@pytest.mark.parametrize("name", ["", "x", "colour", "a" * 5000, "api_key\0", "ü", b"\xff"])
def test_a_name_that_is_near_no_other_is_refused_without_a_suggestion(name, options):
    error = refusal(options.set, name, "x")
    assert error.message.startswith("is not an option; ")
    if name != "api_key\0":
        assert "did you mean" not in error.message


# ---- What a client asks of its options ----


def test_a_client_needs_a_credential():
    error = refusal(Client)
    assert error.field == "api_key"
    for name in CREDENTIALS:
        assert name in error.message and "TPC_" + name.upper() in error.message
    refusal(Client, api_key="", bearer_token="", session_token="")


@pytest.mark.parametrize("name", CREDENTIALS)
def test_any_one_credential_is_enough(name):
    with Client(**{name: "x"}):
        pass


@pytest.mark.parametrize("values", [{"dry_run": True}, {"enabled": False}])
def test_a_client_that_never_sends_needs_no_credential(values):
    with Client(**values):
        pass


def test_a_longest_retry_delay_below_the_first_one_can_be_set_alone():
    with Client(api_key="x", retry_max_ms=200):
        pass


def test_a_certificate_file_has_to_be_there(tmp_path):
    assert refusal(Client, api_key="x", ca_file=tmp_path / "none.pem").field == "ca_file"


@pytest.mark.parametrize(
    "proxy", ["host:3128", "socks5://host:1", "//host", "http://", "ftp://host/", "http://ho st:1"]
)
def test_a_proxy_is_an_http_or_https_url(proxy):
    assert refusal(Client, api_key="x", proxy=proxy).field == "proxy"


@pytest.mark.parametrize("proxy", ["", "http://host:3128", "https://host", "http://user:password@host:1/"])
def test_a_proxy_may_name_a_user(proxy):
    with Client(api_key="x", proxy=proxy):
        pass


# ---- Where events may go ----


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/",
        "https://example.com:8443/base/",
        "HTTPS://Example.com",
        "https://10.0.0.1",
        "https://[2001:db8::1]:1",
    ],
)
def test_https_may_go_anywhere(url):
    with Client(api_key="x", base_url=url):
        pass


LOOPBACK = [
    "http://localhost",
    "http://LOCALHOST:3000",
    "http://127.0.0.1:1",
    "http://127.255.255.254",
    "http://[::1]:1/",
    "HTTP://localhost/base",
]
ELSEWHERE = [
    "http://example.com", "http://10.0.0.1", "http://0.0.0.0", "http://localhost.example.com", "http://127.0.0.1.example.com",
    "http://127.example.com", "http://1270.0.0.1", "http://[::2]", "http://[::127.0.0.1]", "http://127.0.0.1x", "http://xlocalhost",
    "http://2130706433", "http://0x7f000001", "http://%6cocalhost",
]  # fmt: skip


@pytest.mark.parametrize("url", LOOPBACK)
def test_http_may_go_to_this_machine(url):
    with Client(api_key="x", base_url=url):
        pass


@pytest.mark.parametrize("url", ELSEWHERE)
def test_http_may_leave_this_machine_only_when_it_is_allowed(url):
    error = refusal(Client, api_key="x", base_url=url)
    assert error.field == "base_url" and "allow_insecure_http" in error.message
    with Client(api_key="x", base_url=url, allow_insecure_http=True):
        pass


@pytest.mark.parametrize(
    "url",
    [
        "https://user@example.com", "https://user:password@example.com", "https://@example.com", "https://example.com?a=b",
        "https://example.com/?", "https://example.com#a", "https://", "https:///path", "https:example.com",
        "example.com",
        "//example.com", "ftp://example.com", "file:///etc/passwd", "javascript:alert(1)", "https://exa mple.com",
        "https://example.com/a b", "https://ex%zzample.com", "https://example.com:port",
    ],
)  # fmt: skip
@pytest.mark.parametrize("insecure", [True, False])
def test_a_base_url_has_a_scheme_a_host_a_port_and_a_path_only(url, insecure):
    assert refusal(Client, api_key="x", base_url=url, allow_insecure_http=insecure).field == "base_url"


@pytest.mark.parametrize(("name", "scheme"), [("base_url", "https"), ("proxy", "http")])
def test_a_port_is_one_that_can_be_reached(name, scheme):
    for port in ("65536", "99999", "4294967377"):
        assert refusal(Client, api_key="x", **{name: f"{scheme}://example.com:{port}"}).field == name
    for port in ("1", "65535"):
        with Client(api_key="x", **{name: f"{scheme}://example.com:{port}"}):
            pass


@pytest.mark.parametrize("name", CREDENTIALS)
@pytest.mark.parametrize("value", ["a\rb", "a\nb", "a\r\nX-Other: b", "a\0b", "a\n", "\r"])
def test_a_credential_cannot_start_another_header(name, value):
    error = refusal(Client, **{name: value})
    assert error.field == name and "control character" in error.message


# ---- Shared clients ----


def test_a_shared_client_is_one_for_each_name_until_it_is_closed():
    first = Client(shared_one=True, dry_run=True, name="a", log_level="off")
    again = Client(shared_one=True, dry_run=True, name="a", queue_max_events=1)
    other = Client(shared_one=True, dry_run=True, name="b")
    unnamed = Client(shared_one=True, dry_run=True)
    own = Client(dry_run=True, name="a")
    try:
        assert first.handle == again.handle
        assert len({first.handle, other.handle, unnamed.handle, own.handle}) == 4
        first.track_json('{"event":"page_visit","page":{"href":"x:y"}}')
        assert again.statistics()["accepted"] == 1
        first.close()
        with pytest.raises(TPCError) as closed:
            again.statistics()
        assert closed.value.status == constants.TPC_ERROR_CLOSED
        with Client(shared_one=True, dry_run=True, name="a") as renewed:
            assert renewed.handle != first.handle
            assert renewed.statistics()["accepted"] == 0
    finally:
        for client in (first, other, unnamed, own):
            client.free()
