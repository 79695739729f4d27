"""Answers that are not what the contract says. A 2xx delivers, whatever follows it."""

import gzip

from support.servers.actions import Flood, Raw, Reply

from ..fault import Fault, always, seldom

GARBAGE = bytes(range(256)) * 4
DEEP = b"[" * 30_000 + b"]" * 30_000
HEAD = b"HTTP/1.1 200 OK\r\n"


def _odd(name, answer, **more):
    return Fault(f"200 with {name}", answer, odd=True, **{"fails": False, **more})


def _encoded(coding, body):
    return Reply(headers={"Content-Encoding": coding}, body=body)


def _elsewhere(status, name, value="{}"):
    """An answer that points to the other server."""
    return lambda request, elsewhere: Reply(status, {name: value.format(elsewhere)})


FAULTS = [
    _odd("no body", Reply(body=b"")),
    _odd("a truncated body", Reply(body=b'{"ok":true,"data":{"ok":tr')),
    _odd("a body shorter than it says", Reply(declared_length=100_000)),
    _odd("garbage", Reply(body=GARBAGE)),
    _odd("a page of HTML", Reply(headers={"Content-Type": "text/html"}, body=b"<html><body>Welcome</body></html>")),
    _odd("another JSON value", Reply(body=b"[null]")),
    _odd("JSON of great depth", Reply(body=DEEP)),
    _odd("a refusal in its body", Reply(body=b'{"ok":false,"code":"bad","message":"No"}')),
    _odd("accepted: false", Reply(body=b'{"ok":true,"data":{"ok":true,"data":{"accepted":false}}}')),
    _odd("a body beyond 64 KiB", Reply(body=b" " * 70_000)),
    _odd("a body without end", Flood(1 << 40), when=seldom),
    _odd("a gzipped body that nobody asked for", _encoded("gzip", gzip.compress(b'{"ok":true}'))),
    _odd("a gzipped bomb", _encoded("gzip", gzip.compress(bytes(1 << 26), 9)), when=seldom),
    _odd("a coding that nobody knows", _encoded("no-such-coding", GARBAGE)),
    _odd("a broken chunk", Raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n")),
    _odd("a last chunk missing", Raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")),
    _odd("a body until the end of the connection", Raw(HEAD + b"\r\nhello")),
    # What is left over of it can be taken for the next answer.
    _odd("two different lengths", Raw(HEAD + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\nhello"), fails=None),
    _odd("a negative length", Raw(HEAD + b"Content-Length: -5\r\n\r\nhello")),
    _odd("a length beyond every number", Raw(HEAD + b"Content-Length: 99999999999999999999\r\n\r\nhello")),
    _odd("a head of 100,000 bytes", Reply(headers={"X-Long": "x" * 100_000}, body=b"?")),
    Fault("201 instead of 200", Reply(201), when=always, fails=False),
    Fault("202 instead of 200", Reply(202), when=always, fails=False),
    Fault("204 without a body", Reply(204), odd=True, fails=False),
    Fault("206 with a part", Reply(206, body=b"{"), odd=True, fails=False),
    Fault("HTTP/1.0 answers", Raw(b"HTTP/1.0 200 OK\r\n\r\n{}"), odd=True, fails=False),
    Fault("no HTTP at all", Raw(GARBAGE)),
    Fault("another protocol's greeting", Raw(b"SSH-2.0-OpenSSH_9.2\r\n")),
    Fault("an empty line instead of an answer", Raw(b"\r\n\r\n")),
    Fault("a status of two digits", Raw(b"HTTP/1.1 20 Short\r\n\r\n")),
    Fault("a few interim answers before each", Reply(informational=3), when=always, fails=False),
    Fault("a flood of interim answers", Reply(informational=3000), when=seldom, fails=None),
    Fault("an interim answer and then nothing", Raw(b"HTTP/1.1 103 Early Hints\r\n\r\n")),
    Fault("101 that nobody asked for", Raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n\r\n")),
    Fault("201 with another server's address", _elsewhere(201, "Location"), when=always, fails=False),
    Fault("200 with a refresh to another server", _elsewhere(200, "Refresh", "0; url={}"), when=always, fails=False),
    Fault("200 with a cookie", Reply(headers={"Set-Cookie": "visitor=1; Path=/"}), when=always, fails=False),
]
