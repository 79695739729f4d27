"""Proxies that want a password, refuse, and hang up."""

from support.servers.actions import ACCEPT, HELLO, Close, Hang, Reset

from ..fault import EXPIRED, HTTP1, TLS, Fault, always, seldom

GIVES_UP = {"delivery_timeout_ms": 600}
SHORT = {"request_timeout_ms": 600, "connect_timeout_ms": 400}


def _row(name, endpoint, at_proxy, **more):
    tunnel = "tunnel" if endpoint == TLS else "proxy"
    return Fault(f"{tunnel}: {name}", at_proxy=at_proxy, endpoint=endpoint, **more)


FAULTS = [
    row
    for endpoint in (HTTP1, TLS)
    for row in (
        _row("refuses with 403", endpoint, 403),
        _row("refuses with 407", endpoint, 407),
        _row("refuses with 502", endpoint, 502),
        _row("refuses with 503 for ever", endpoint, 503, when=always, ends=EXPIRED, options=GIVES_UP),
        _row("hangs up at once", endpoint, Close(ACCEPT)),
        _row("resets in the request", endpoint, Reset(HELLO)),
        _row("is silent", endpoint, Hang(HELLO), when=seldom, options=SHORT),
        _row("wants a password and gets it", endpoint, None, proxy_credential="user:pass", proxy_user="user:pass",
             fails=None),  # fmt: skip
        _row("wants another password", endpoint, None, when=always, ends=EXPIRED, options=GIVES_UP,
             proxy_credential="user:right", proxy_user="user:wrong"),  # fmt: skip
    )
]
