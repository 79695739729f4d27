"""Which credential a request carries, and whether it is accepted. Values stay inside this file."""

import hmac

KINDS = ("api_key", "bearer_token", "session_token")
SESSION_COOKIE = "better-auth.session_token"
# Headers whose values are never kept or shown.
SECRET_HEADERS = frozenset(("x-api-key", "authorization", "cookie", "proxy-authorization"))


class Credentials:
    """The accepted credentials. Without any, every credential that is not empty is accepted."""

    def __init__(self, accepted=()):
        self._accepted = [(kind, value.encode("utf-8", "surrogateescape")) for kind, value in accepted]

    def kind_of(self, headers):
        """The kind of the first accepted credential among the headers (a dict, lower-case names), else None."""
        for kind, value in _carried(headers):
            if not self._accepted:
                return kind
            # Header values arrive decoded as Latin-1, so encoding restores the bytes.
            found = value.encode("latin-1")
            for accepted_kind, accepted in self._accepted:
                if kind == accepted_kind and hmac.compare_digest(found, accepted):
                    return kind
        return None


def _carried(headers):
    key = headers.get("x-api-key", "").strip()
    if key:
        yield "api_key", key
    scheme, _, token = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        yield "bearer_token", token.strip()
    for pair in headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == SESSION_COOKIE and value:
            yield "session_token", value


def parse_argument(text):
    """The pair of a `kind=value` from the command line. Raises a ValueError that does not repeat the value."""
    kind, separator, value = text.partition("=")
    if kind not in KINDS or not separator or not value:
        raise ValueError(f"is not {', '.join(name + '=…' for name in KINDS[:-1])} or {KINDS[-1]}=…")
    return kind, value
