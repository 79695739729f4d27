"""A row of the tables: a request, what it is answered with, and the visits that have to arrive, or the rule that left it out."""

from dataclasses import dataclass
from typing import Any

HOST = "www.example.com"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
AGENT = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"
REFERRER = "https://www.example.org/list?page=2"
# No event and no log may contain it.
SECRET = "a-secret-of-the-visitor"


@dataclass(frozen=True, eq=False)
class Case:
    """`ask` is the bytes of an HTTP/1 request, in which @case@ stands for the case's key, or a function of the scene and the key
    that returns statuses; `answers` are the statuses; `visits` are members of the events; `words` are the access log's,
    one for each request: "tracked", a rule's name, "off". None: one word, if the server does not answer with 400, for which it may
    not have read the key.
    """

    name: str
    ask: Any
    answers: tuple
    visits: tuple
    words: tuple
    port: str = "port"


def get(target="/page.html", *lines, method="GET", version="HTTP/1.1", host=HOST, agent=BROWSER, body=b"", last=True):
    """A request. Texts are sent as UTF-8; give bytes for anything else."""
    head = [b" ".join([_bytes(method), _bytes(target), _bytes(version)]), b"X-Case: @case@", b"Referer: " + _bytes(REFERRER)]
    head += [b"Cookie: session=" + _bytes(SECRET)]
    head += [b"User-Agent: " + _bytes(agent)]
    if host is not None:
        head.append(b"Host: " + _bytes(host))
    if last:
        head.append(b"Connection: close")
    head += [_bytes(line) for line in lines]
    return b"\r\n".join([*head, b"", b""]) + body


def post(target, *lines):
    return get(target, "Content-Length: 3", *lines, method="POST", body=b"a=b")


def fields(target="/page.html", *more, method="GET", host=HOST, scheme="https"):
    """The header fields of an HTTP/2 request, with @case@ as in `get`."""
    pairs = [
        (":method", method), (":scheme", scheme), (":authority", host), (":path", target), ("x-case", "@case@"),
        ("user-agent", BROWSER), ("referer", REFERRER), ("cookie", f"session={SECRET}"), *more,
    ]  # fmt: skip
    return [(_bytes(name), _bytes(value)) for name, value in pairs]


def visit(href, method="GET", status=200, agent=BROWSER, address="127.0.0.1", referrer=REFERRER, **properties):
    """What an event has to say; a path is one of the host's."""
    whole = f"http://{HOST}{href}" if href.startswith("/") else href
    return {
        "href": whole, "method": method, "status": status, "userAgent": agent, "clientIp": address, "referrer": referrer,
        **properties,
    }  # fmt: skip


def tracked(name, ask, *visits, answers=None, others=(), port="port"):
    """A case whose requests are visits, but for `others`, which these rules leave out."""
    found = tuple(visits)
    words = ("tracked",) * len(found) + tuple(others)
    return Case(name, ask, tuple(each["status"] for each in found) if answers is None else answers, found, words, port)


def left_out(name, ask, answer, word, port="port"):
    """A case whose one request is left out by the rule of this name; None if the server had not read its headers by then, which
    have the case's key. `answer` is a status, or several.
    """
    return Case(name, ask, answer if isinstance(answer, tuple) else (answer,), (), (word,) if word else (), port)


def seen(event, names):
    """An event's members, as `visit` names them."""
    request, properties = event.get("request", {}), event.get("properties", {})
    members = {
        "href": event["page"]["href"], "method": request.get("method"), "userAgent": request.get("userAgent"),
        "clientIp": request.get("clientIp"), "referrer": request.get("referrer"), "title": event["page"].get("title"),
        **properties,
    }  # fmt: skip
    return {name: members.get(name) for name in names}


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode()
