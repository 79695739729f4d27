"""Whatever bytes a visitor sends: what the server answers with a page is a visit, which says what was sent, and none is refused."""

import contextlib
import functools
import random

import pytest
from support.alone import make
from support.servers import apache, nginx

from .case import HOST, Case, fields, get, seen
from .scene import Scene
from .shared_cases import streams
from .test_addresses import APACHE, NGINX, PAGE

SEED = 16
PORTS = {"plain": "127.0.0.1", "h2c": "127.0.0.1", "found": "127.0.0.1", "others": "127.0.0.1"}
LONG = 8000
# What no URL can have as its host. nginx answers most of them with a page, which is one of its own address then.
NO_HOSTS = (
    "a/b", "a\\b", "a?b", "a#b", "a@b", "a%2fb", "a%b", "[::1", "[zz]", 'a"b', "a<b>", "a|b", "a{b}", "a^b", "a`b", "a\x01b",
    "a\x7fb", "a..b", ".", "..", "", ":", ":80", "*", "~a", "_", "--",
)  # fmt: skip
# What the page's URL has of a host that is one, or of what begins with one.
HOSTS = {
    "a_b.example.com": "a_b.example.com", "www.example.com.": "www.example.com.", "[2001:db8::7]": "[2001:db8::7]",
    "[2001:db8::7]:8080": "[2001:db8::7]:8080", "xn--4ca0b.example.com": "xn--4ca0b.example.com", "a" * 300: "a" * 300,
    "äö.example.com": "%C3%A4%C3%B6.example.com", "www.example.com:": "www.example.com", "www.example.com:x": "www.example.com",
    "www.example.com:80x": "www.example.com", "www.example.com:99999": "www.example.com", "a:b:c": "a", "[::1]x": "[::1]",
    "WWW.EXAMPLE.COM:8080": "www.example.com:8080",
}  # fmt: skip
H2C_NGINX = "server { listen 127.0.0.1:@h2c@ http2; root @folder@/site; access_log @folder@/visits.log visits; }"
H2C_APACHE = "<VirtualHost 127.0.0.1:@h2c@>\nProtocols h2c http/1.1\n</VirtualHost>\n"


def run_nginx(scene):
    configuration = nginx.tracking(scene.collector) + "large_client_header_buffers 8 32k;\n" + NGINX + H2C_NGINX
    return nginx.Nginx(configuration, ports=PORTS, files=PAGE)


def run_apache(scene):
    limits = "LimitRequestLine 32000\nLimitRequestFieldSize 32000\n"
    configuration = apache.tracking(scene.collector) + limits + APACHE + H2C_APACHE
    return apache.Apache(configuration, ports=PORTS, files=PAGE, modules=("mime", "remoteip", "http2"))


def odd(name, ask, **expected):
    """A request that may be answered with a page or with 400, and what its event has to say in the first case."""
    return Case(name, ask, (), (expected,), None, "plain")


def raw(*lines, target=b"/page.html"):
    """A request with these lines, and no other ones but those that it needs."""
    head = [b"GET %s HTTP/1.1" % target, b"X-Case: @case@", b"Host: " + HOST.encode(), b"Connection: close"]
    return b"\r\n".join([*head, *lines, b"", b""])


def text(data):
    """What a text says: UTF-8, or else Latin-1, without the blanks around it."""
    try:
        return data.strip(b" \t").decode()
    except UnicodeDecodeError:
        return data.strip(b" \t").decode("latin-1")


def each_byte():
    for number in sorted(set(range(1, 256)) - {10, 13}):
        byte = bytes([number])
        agent = b"Reader/1.0 " + byte + b" end"
        yield odd(f"byte {number:02x} in the user agent", get(agent=agent), userAgent=text(agent))
        yield odd(f"byte {number:02x} in the referrer", raw(b"Referer: https://www.example.org/" + byte + b"end"))
        yield odd(f"byte {number:02x} in the query", get(b"/page.html?a=" + byte + b"end"))


def random_bytes():
    source = random.Random(SEED)
    for number in range(100):
        agent = bytes(source.choice([*range(32, 127), *range(128, 256)]) for _ in range(source.randrange(1, 300)))
        query = bytes(source.choice([*range(36, 127), *range(128, 256)]) for _ in range(source.randrange(1, 300)))
        yield odd(f"random bytes {number}", get(b"/page.html?" + query, agent=agent), userAgent=text(agent))


def chosen():
    sharp = "ß".encode("latin-1")
    yield odd("a long user agent", get(agent="A" * LONG))
    yield odd("a long user agent in Latin-1", get(agent=sharp * LONG))
    long = "https://www.example.org/" + "a" * LONG
    yield odd("a long referrer", raw(b"Referer: " + long.encode()), referrer=long)
    yield odd("a URL of 8 kB", get("/page.html?" + "a" * LONG), href=f"http://{HOST}/page.html?" + "a" * LONG)
    yield odd("a URL of 3 kB in Latin-1", get(b"/page.html?" + sharp * 3000),
              href=f"http://{HOST}/page.html?" + "%C3%9F" * 3000)  # fmt: skip
    yield odd("two user agents", raw(b"User-Agent: one", b"User-Agent: two"))
    yield odd("two referrers", raw(b"Referer: https://www.example.org/", b"Referer: https://www.example.net/"))
    yield odd("two lines of X-Forwarded-For", raw(b"X-Forwarded-For: 203.0.113.9", b"X-Forwarded-For: 198.51.100.1"))
    yield odd("two ranges", raw(b"Range: bytes=0-1", b"Range: bytes=5-6"))
    yield odd("empty headers", raw(b"User-Agent:", b"Referer:", b"X-Forwarded-For:", b"Sec-Fetch-Dest:", b"Range:"))
    yield odd("headers of blanks", raw(b"User-Agent:   \t ", b"Referer: \t"))
    yield odd("a cut UTF-8 character", get(agent=b"Reader \xe6\x97"), userAgent="Reader \u00e6\u0097")
    yield odd("an overlong UTF-8 character", get(agent=b"Reader \xc0\xaf"), userAgent="Reader \u00c0\u00af")
    yield odd("a surrogate in UTF-8", get(agent=b"Reader \xed\xa0\x80"), userAgent="Reader \u00ed\u00a0\u0080")
    yield odd("an emoji", get(agent="Reader 🦊"), userAgent="Reader 🦊")
    yield odd("a stray percent sign", get("/page.html?100%"), href=f"http://{HOST}/page.html?100%25")
    yield odd("an encoded NUL in the query", get("/page.html?a=%00"), href=f"http://{HOST}/page.html?a=%00")
    yield odd("no target", b"GET  HTTP/1.1\r\nX-Case: @case@\r\nHost: www.example.com\r\n\r\n")
    yield odd("a TLS handshake", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
    for host in NO_HOSTS:
        yield odd(f"the host {host}", get(host=host))
    for host, href in HOSTS.items():
        yield odd(f"the host {host}", get(host=host), href=f"http://{href}/page.html")
    yield odd("a whole URL with a user", get(f"http://visitor:secret@{HOST}/page.html"))
    yield odd("a referrer that is not a URL", raw(b"Referer: ][ <none>"), referrer="][ <none>")
    fields_of_latin1 = [(name, value) for name, value in fields(scheme="http") if name != b"user-agent"]
    yield odd("Latin-1 with HTTP/2", streams("h2c", [*fields_of_latin1, (b"user-agent", b"L\xe4ufer")]), userAgent="Läufer")
    yield odd("UTF-8 in a path with HTTP/2", streams("h2c", fields("/page.html?straße", scheme="http")),
              href=f"http://{HOST}/page.html?stra%C3%9Fe")  # fmt: skip


CASES = [*each_byte(), *random_bytes(), *chosen()]
each_server = pytest.mark.parametrize("server", ["nginx", "apache"])


@pytest.fixture(scope="module")
def scene():
    with contextlib.ExitStack() as stack:

        @functools.cache
        def run(server):
            make(server)
            return stack.enter_context(Scene({"nginx": run_nginx, "apache": run_apache}[server], CASES))

        yield run


def is_page(scene, case):
    """Whether the server answered with the page, rather than with 400."""
    answers = tuple(scene.answers[case])
    assert answers in ((200,), (206,), (400,)), f"{case.name}: {answers}"
    return answers != (400,)


@each_server
def test_what_is_answered_with_a_page_is_one_visit_and_all_else_is_none(scene, server):
    found = {case.name: len(scene(server).events[case]) for case in CASES}
    assert found == {case.name: int(is_page(scene(server), case)) for case in CASES}
    assert scene(server).strangers == []


@each_server
def test_a_visit_says_what_the_visitor_sent(scene, server):
    for case in CASES:
        for event in scene(server).events[case]:
            (expected,) = case.visits
            assert {"case": case.name, **seen(event, expected)} == {"case": case.name, **expected}


@each_server
def test_no_visit_is_refused(scene, server):
    assert scene(server).logged_words()["error"] == 0
    assert scene(server).totals["bad"] == 0
    refused = {name: count for name, count in scene(server).status.items() if name.startswith(("refused", "errors"))}
    assert set(refused.values()) == {0}, refused


def test_a_host_that_is_not_valid_becomes_nginxs_own_address(scene):
    hosts = [case for case in CASES if case.name in {f"the host {host}" for host in NO_HOSTS} and is_page(scene("nginx"), case)]
    (own,) = {event["page"]["href"] for case in hosts for event in scene("nginx").events[case]}
    assert own == f"{scene('nginx').server.url}/page.html"
    assert len(hosts) > 10


@each_server
def test_the_server_ends_in_order(scene, server):
    assert scene(server).code == 0
    assert scene(server).server.broken_lines() == []
