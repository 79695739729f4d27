"""The bodies of the contract's answers, for servers that are not the collector."""

import json


def body_for(status, request_body):
    """What the contract answers with this status to an event."""
    if status in (204, 304):
        return b""
    if not 200 <= status < 300:
        return json.dumps({"ok": False, "code": f"status_{status}", "message": "As the test asked"}).encode()
    try:
        identifier = json.loads(request_body).get("eventId", "none")
    except (ValueError, AttributeError):
        identifier = "none"
    data = {"accepted": True, "eventId": identifier, "status": "accepted", "receivedAt": "2026-01-31T12:00:00.000Z"}
    return json.dumps({"ok": True, "data": {"ok": True, "data": data}}).encode()
