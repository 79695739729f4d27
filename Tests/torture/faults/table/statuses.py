"""Every status from 300 to 599 that means something: those that are registered, and those that servers use besides."""

import http

from support.servers.actions import Reply

from ..fault import ABANDONED, EXPIRED, Fault, always

# Not registered, and used: by Laravel and Twitter, nginx, Apache, Cloudflare and proxies.
UNREGISTERED = [306, 419, 420, 430, 444, 450, 460, 494, 495, 497, 498, 499,
                509, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530, 540, 561, 598, 599]  # fmt: skip
STATUSES = sorted({status.value for status in http.HTTPStatus if status >= 300} | set(UNREGISTERED))

# The table of answers in docs/delivery.md: what the others do that are not a verdict on the event.
CONFIGURATION = {401, 403, 404, 407, *range(300, 400)}
AGAIN = {408, 409, 425, 429, *range(500, 600)} - {501, 505}

GIVES_UP = {"delivery_timeout_ms": 600}


def _answer(status):
    """With what servers say beside it; a redirect's target is the server that nothing may reach."""
    headers = {401: {"WWW-Authenticate": 'Basic realm="events", Negotiate'}, 407: {"Proxy-Authenticate": "Basic"}}
    if status < 400:
        return lambda request, elsewhere: Reply(status, {"Location": f"{elsewhere}{request.target}"})
    return Reply(status, headers.get(status, {}))


def _row(status):
    return Fault(f"status {status}", _answer(status), rejects=status not in CONFIGURATION | AGAIN)


FAULTS = [
    *(_row(status) for status in STATUSES),
    *(
        Fault(f"status {status} for ever", _answer(status), when=always, ends=EXPIRED, options=GIVES_UP)
        for status in (307, 401, 429, 503)
    ),
    Fault("status 503, and a close", Reply(503), when=always, ends=ABANDONED, close_ms=300, fails=None),
    Fault("status 401, and a close", Reply(401), when=always, ends=ABANDONED, close_ms=300, fails=None),
    Fault("status 422 for ever", Reply(422), when=always, rejects=True),
    Fault("x-should-retry: true with 422", Reply(422, {"x-should-retry": "true"})),
    Fault("x-should-retry: false with 503", Reply(503, {"x-should-retry": "false"}), rejects=True),
    Fault("x-should-retry: perhaps with 503", Reply(503, {"x-should-retry": "perhaps"})),
    Fault("an error without a body", Reply(503, body=b"")),
    Fault("an error with a page of HTML", Reply(502, body=b"<html>" + b"x" * 10_000 + b"</html>")),
    Fault("a refusal with garbage for its reason", Reply(422, body=bytes(range(256))), rejects=True),
    Fault("a refusal with 60,000 bytes of reasons", Reply(422, body=b'{"message":"' + b"x" * 60_000 + b'"}'), rejects=True),
]
