"""The ids that are computed: a person's for a day (anonymous_id), and a request's for all who see it (event_id)."""

import hashlib
import hmac
import json
import subprocess
import sys
import uuid

import pytest
from support import paths

BROWSER = 'Mozilla/5.0 (X11; "Linux"; x86_64) Ж\t'
ADDRESS = "203.0.113.77"
KEY = "key-of-the-test"
# Keys as long as those of RFC 4231's test cases, and on both sides of SHA-256's block.
KEYS = ["k", "Jefe", "x" * 20, "x" * 63, "x" * 64, "x" * 65, "x" * 131]


def identity(key, *parts):
    """The id that Python's own HMAC gives."""
    texts = [str(part).encode().lower() for part in parts]
    text = b"".join(b"%d:%s," % (len(text), text) for text in texts)
    bits = bytearray(hmac.new(key.encode(), text, hashlib.sha256).digest()[:16])
    bits[6] = bits[6] & 0x0F | 0x80
    bits[8] = bits[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(bits)))


def visit(occurred_at="2026-11-30T12:00:00Z", address=ADDRESS, agent=BROWSER, href="https://Example.com:8443/a", **more):
    page, request = {"href": href}, {"userAgent": agent, "clientIp": address}
    request = {name: value for name, value in request.items() if value is not ...}
    return {"event": "page_visit", "occurredAt": occurred_at, "page": page, "request": request, **more}


def day(date):
    return int(subprocess.run(["date", "-u", "-d", date, "+%s"], capture_output=True, text=True, check=True).stdout) // 86400


@pytest.fixture
def daily(sent):
    return lambda event, **options: sent(event, anonymous_id="daily", **options).get("anonymousId", "absent")


@pytest.mark.parametrize("key", KEYS)
def test_an_id_is_the_hmac_of_day_domain_address_and_user_agent_by_the_credential(key, daily):
    for agent in ["M", "Mozilla/5.0 " * 30, "a\\b", BROWSER]:
        expected = identity(key, day("2026-11-30"), "example.com", ADDRESS, agent)
        assert daily(visit(agent=agent), api_key=key) == expected


def test_each_credential_is_a_key_and_the_api_key_comes_first(daily):
    parts = (day("2026-11-30"), "example.com", ADDRESS, BROWSER)
    assert daily(visit(), api_key="", bearer_token="b", session_token="s") == identity("b", *parts)
    assert daily(visit(), api_key="", session_token="s") == identity("s", *parts)
    assert daily(visit(), api_key="a", bearer_token="b") == identity("a", *parts)


def test_the_key_of_a_file_gives_the_same_id(daily, tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    assert daily(visit(), api_key="", api_key_file=str(file)) == daily(visit())


@pytest.mark.parametrize(
    ("time", "date"),
    [
        ("2026-11-30T23:59:59.999Z", "2026-11-30"),
        ("2026-12-01T00:00:00Z", "2026-12-01"),
        ("2026-12-01T00:30:00+01:00", "2026-11-30"),
        ("2026-11-30T23:30:00-01:00", "2026-12-01"),
        ("1969-12-31T23:59:59Z", "1969-12-31"),
        ("1970-01-01T00:00:00Z", "1970-01-01"),
    ],
)
def test_an_id_is_of_the_utc_day(time, date, daily):
    assert daily(visit(time)) == identity(KEY, day(date), "example.com", ADDRESS, BROWSER)


def test_one_address_has_one_id_however_it_is_written(daily):
    assert daily(visit(address="2001:DB8:0::1")) == daily(visit(address="2001:db8::1"))
    assert daily(visit(address="::ffff:203.0.113.77")) == daily(visit())
    assert len({daily(visit(address=address)) for address in ["203.0.113.77", "203.0.113.78", "2001:db8::1"]}) == 3


@pytest.mark.parametrize("policy", ["full", "truncate", "omit"])
def test_an_id_is_made_of_the_whole_address_whatever_becomes_of_that(policy, daily):
    assert daily(visit(), client_ip=policy) == identity(KEY, day("2026-11-30"), "example.com", ADDRESS, BROWSER)


def test_no_two_inputs_run_together(daily):
    ids = {daily(visit(href=f"https://{host}/", agent=agent)) for host, agent in [("a.b", "c"), ("a", "bc"), ("a.b", "c,1:")]}
    assert len(ids) == 3


@pytest.mark.parametrize(
    "event",
    [
        visit(address=...), visit(address=None), visit(address="unknown"), visit(agent=...), visit(agent=None),
        visit(agent=""), visit(agent="Mozilla/5.0 (compatible; GPTBot/1.2)"),
    ],
)  # fmt: skip
def test_agents_and_people_who_cannot_be_told_apart_get_no_id(event, daily):
    assert daily(event) == "absent"
    assert daily(event, only_ai_agents=False, label_ai_agents=True, label_ai_answers=True) == "absent"


def test_an_id_of_the_application_stays(daily, sent):
    assert daily(visit(anonymousId="own")) == "own"
    assert daily(visit(anonymousId=None)) is None
    assert "anonymousId" not in sent(visit())
    assert "anonymousId" not in sent(visit(), anonymous_id="none")


def test_sample_rate_then_samples_visitors(server, client):
    one = client(anonymous_id="daily", sample_rate="0.5")
    for number in range(32):
        for page in range(4):
            one.track_json(json.dumps(visit(address=f"203.0.113.{number}", href=f"https://example.com/{page}")))
    one.flush()
    pages = {}
    for request in server.requests:
        body = json.loads(request.body)
        pages.setdefault(body["request"]["clientIp"], []).append(body["page"]["pathname"])
    assert 4 < len(pages) < 28
    assert all(len(seen) == 4 for seen in pages.values())


STUB = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
error = ctypes.create_string_buffer(256)
library.tpc_options_new.restype = ctypes.c_void_p
options = ctypes.c_void_p(library.tpc_options_new())
for name in [b"dry_run=true", *map(str.encode, sys.argv[2:])]:
    name, value = name.split(b"=")
    assert library.tpc_options_set(options, name, ctypes.c_size_t(len(name)), value, ctypes.c_size_t(len(value)), None) == 0
print(library.tpc_options_validate(options, error), error.raw[4:64].split(b"\\0")[0].decode(), error.raw[64:].split(b"\\0")[0].decode())
client = ctypes.c_void_p()
print(library.tpc_client_new(options, ctypes.byref(client), None))
"""


@pytest.fixture(scope="module")
def without_openssl(tmp_path_factory):
    """The folder of a libcurl that brings no libcrypto."""
    folder = tmp_path_factory.mktemp("curl")
    symbols = subprocess.run(["nm", "-D", "--undefined-only", paths.LIBRARY], capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1].split("@")[0] for line in symbols.splitlines() if " curl_" in line}
    source = folder / "curl.c"
    source.write_text("".join(f"long {name}(void) {{ return 0; }}\n" for name in sorted(names)))
    (folder / "map").write_text("CURL_OPENSSL_4 { global: *; };\n")
    flags = ["-Wl,-soname,libcurl.so.4", f"-Wl,--version-script={folder / 'map'}"]
    command = ["gcc", "-shared", "-fPIC", *flags, "-o", folder / "libcurl.so.4", source]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.mark.skipif(paths.IS_SELF_CONTAINED, reason="libcrypto is inside, so it is always there")
@pytest.mark.parametrize("option", ["anonymous_id=daily", "event_id=request"])
def test_without_libcrypto_the_options_are_refused(option, without_openssl):
    def answers(*options):
        command = [sys.executable, "-c", STUB, str(paths.LIBRARY), *options]
        run = subprocess.run(
            command, env={"LD_LIBRARY_PATH": str(without_openssl)}, capture_output=True, text=True, check=True
        )
        return run.stdout.splitlines()

    assert answers() == ["0  ", "0"]
    name = option.split("=")[0]
    [validated, made] = answers(option)
    assert validated.startswith(f"-2 {name} needs OpenSSL's libcrypto")
    assert made == "-2"
