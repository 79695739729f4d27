"""The bodies of the contract's answers, and how they are sent."""

import json
from datetime import datetime, timezone

# Statuses whose answers have no body.
WITHOUT_BODY = (204, 205, 304)


def now():
    """The time as the contract writes it: UTC, milliseconds."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def accepted(event_id, received_at):
    """The body of 200."""
    data = {"accepted": True, "eventId": event_id, "status": "accepted", "receivedAt": received_at}
    return json.dumps({"ok": True, "data": {"ok": True, "data": data}}).encode("ascii")


def refused(code, message, details=None):
    """The body of every other status."""
    members = {"ok": False, "code": code, "message": message}
    if details is not None:
        members["details"] = details
    return json.dumps(members).encode("ascii")


async def send_json(send, status, body, headers=()):
    """Sends a whole answer. `headers` are pairs of bytes in addition to type and length; they may replace the type."""
    if status in WITHOUT_BODY:
        body = b""
    pairs = [(b"content-length", b"%d" % len(body)), *headers]
    if not any(name == b"content-type" for name, _ in pairs):
        pairs.append((b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
